"""A stack of our own for the tests that kill."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployments.local.layout import Layout
from tests.made_databases import furnish
from tests.stack.rig import CHECKOUT, Platforms

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, made_database: Path) -> Iterator[Platforms]:
    """Start a stack in a state folder of its own; leave neither process nor file behind."""
    state = tmp_path_factory.mktemp("state")
    told = os.environ.get("CMI_STATE")
    os.environ["CMI_STATE"] = str(state)
    from deployments.local.cleanup import clean_up  # noqa: PLC0415  # reads CMI_STATE when it acts
    from deployments.local.start import ensure_stack  # noqa: PLC0415

    layout = Layout.find()
    layout.prepare()
    furnish(layout, made_database)
    try:
        ensure_stack(lambda _: None)
        yield Platforms(state)
    finally:
        clean_up(everything=True)
        if told is None:
            del os.environ["CMI_STATE"]
        else:
            os.environ["CMI_STATE"] = told


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Copy the sample platform, so that each test has a platform of its own."""
    return Path(shutil.copytree(CHECKOUT / "examples/shop", tmp_path / "shop"))
