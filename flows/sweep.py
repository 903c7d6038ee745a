"""Sweep: close what a kill or a power loss left open. Harmless to repeat."""

from __future__ import annotations

import time
from datetime import timedelta

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from tasks import access
from tasks.domain.reporting.markdown import bullets, code, document
from tasks.slots import SETTLED, free, leaks
from tasks.strays import remove_copy, strays
from tasks.sweep import Zombie, close, leftovers, remove, zombies

# A holder takes its lock again within seconds after the database was away: one look is not enough.
SECOND_LOOK_SECONDS = 6.0


@flow(name="sweep")
def sweep(settled_seconds: float = SETTLED.total_seconds()) -> list[str]:
    """Crash what no live process owns; remove half-written bundles, and copies on the engine.

    Args:
        settled_seconds: How long a slot that nobody holds must have been counted as taken before
            it is freed; a lease that was lost gives its own back within five minutes.
    """
    ledger, settled = access.find_ledger(), timedelta(seconds=settled_seconds)
    suspects, copies, slots = set(zombies(ledger)), set(strays(ledger)), set(leaks(settled))
    if suspects or copies or slots:
        time.sleep(SECOND_LOOK_SECONDS)
    # Whoever moved between the looks is in another state, and so not the same zombie.
    closed = [each for each in zombies(ledger) if each in suspects and close(each)]
    removed = [remove(folder) for folder in leftovers(ledger)]
    if copies:
        removed += [remove_copy(each) for each in strays(ledger) if each in copies]
    # After the zombies: closing one may have given its slot back already.
    freed = [free(each) for each in leaks(settled) if each in slots]
    create_markdown_artifact(_report(closed, removed, freed), key="sweep")
    return [*(_named(each) for each in closed), *removed, *freed]


def _report(closed: list[Zombie], removed: list[str], freed: list[str]) -> str:
    if not closed and not removed and not freed:
        return document("Sweep", "Nothing was left open.")
    task_runs = sum(bool(each.task_run) for each in closed)
    counts = [
        f"flow runs closed: {len(closed) - task_runs}",
        f"task runs closed: {task_runs}",
        f"folders and copies removed: {len(removed)}",
        f"limits whose slots were freed: {len(freed)}",
    ]
    listed = [f"{code(_named(each))}: {each.reason}" for each in closed]
    return document("Sweep", bullets(counts), bullets([*listed, *map(code, [*removed, *freed])]))


def _named(zombie: Zombie) -> str:
    return f"{zombie.name} ({zombie.task_run or zombie.flow_run})"
