"""Copies on the engine whose run is gone: a kill leaves them, and nobody else would end them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tasks.tools.engine import connected
from tasks.tools.errors import ToolError
from tasks.tools.ledger.leases import holder, known
from tasks.tools.live import objects
from tasks.tools.live.copying import mark, platform_in
from tasks.tools.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    mine = f"-{mark()}"
    # Another stack on the same engine has copies of its own: they are not ours to end.
    found: dict[str, tuple[str, ...]] = {
        p: (of,) for p, of in objects.projects(engine).items() if p.endswith(mine)
    }
    # A kill before the first object or after the last one leaves files alone.
    for project in {_project(each.name) for each in _folders(f"cmi-*{mine}")} - set(found):
        found[project] = known(ledger, platform_in(project))
    return {
        project
        for project, platforms in found.items()
        if not any((owner := holder(ledger, each)) and owner.alive for each in platforms)
    }


def _folders(project: str) -> Iterator[Path]:
    return (state_folder() / "copies").glob(f"{project}*")


def _project(name: str) -> str:
    """Name the copy that a folder belongs to; variants of it add something to its name."""
    before, mine, _ = name.partition(f"-{mark()}")
    return before + mine


def remove_copy(project: str) -> str:
    """Take a copy away with all that it has on the engine and on disk, and name it."""
    with connected() as engine:
        objects.remove(engine, project)
    for folder in _folders(project):
        shutil.rmtree(folder, ignore_errors=True)
    return f"copy {project}"
