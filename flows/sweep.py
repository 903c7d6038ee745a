"""Sweep: close what a kill or a power loss left open. Harmless to repeat."""

from __future__ import annotations

import time

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from tasks.domain.reporting.markdown import bullets, code, document
from tasks.sweep import Zombie, close, leftovers, remove, zombies
from tasks.tools.ledger.database import Ledger

# A holder takes its lock again within seconds after the database was away: one look is not enough.
SECOND_LOOK_SECONDS = 6.0


@flow(name="sweep")
def sweep() -> list[str]:
    """Crash runs of ours whose process is gone, and remove half-written bundles."""
    ledger = Ledger.here()
    suspects = {each.flow_run for each in zombies(ledger)}
    if suspects:
        time.sleep(SECOND_LOOK_SECONDS)
    dead = [each for each in zombies(ledger) if each.flow_run in suspects]
    swept = [_closed(each) for each in dead]
    swept += [remove(folder) for folder in leftovers(ledger)]
    listed = bullets(code(each) for each in swept) if swept else "Nothing was left open."
    create_markdown_artifact(document("Sweep", listed), key="sweep")
    return swept


def _closed(zombie: Zombie) -> str:
    close(zombie)
    return f"{zombie.name} ({zombie.flow_run})"
