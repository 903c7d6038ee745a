"""Copies on the engine whose run is gone: a kill leaves them, and nobody else would end them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tasks.tools.engine import connected
from tasks.tools.errors import ToolError
from tasks.tools.ledger.leases import holder
from tasks.tools.live import objects
from tasks.tools.live.copying import mark
from tasks.tools.state import state_folder

if TYPE_CHECKING:
    from tasks.tools.engine import Engine
    from tasks.tools.ledger.database import Ledger


def strays(ledger: Ledger) -> tuple[str, ...]:
    """List this stack's copies that no live process owns; none where no engine answers."""
    try:
        with connected() as engine:
            return tuple(sorted(_stray(engine, ledger)))
    except ToolError:
        return ()


def _stray(engine: Engine, ledger: Ledger) -> set[str]:
    found = set()
    for project, platform in objects.projects(engine).items():
        owner = holder(ledger, platform)
        # Another stack on the same engine has copies of its own: they are not ours to end.
        if project.endswith(f"-{mark()}") and (owner is None or not owner.alive):
            found.add(project)
    return found


def remove_copy(project: str) -> str:
    """Take a copy away with all that it has on the engine and on disk, and name it."""
    with connected() as engine:
        objects.remove(engine, project)
    for folder in (state_folder() / "copies").glob(f"{project}*"):
        shutil.rmtree(folder, ignore_errors=True)
    return f"copy {project}"
