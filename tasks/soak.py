"""Soaking: the load of the watch, once more, on the copy that has all its changes.

The plan is in the ledger before it begins, and what it showed is committed: killed before,
it is done again; killed afterwards, it is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.canonical import digest, plain
from tasks.domain.verification.soaks import SECONDS, WAIT_MARGIN, Soak, sized, soak_of, waited
from tasks.interruption import stop_if_asked
from tasks.tools.ledger import plans
from tasks.tools.ledger.database import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tasks.domain.candidates import Candidate
    from tasks.domain.outcomes import Measured
    from tasks.domain.runs import Run

_MARGIN = "latency-p99"


def planned(
    chosen: Iterable[Candidate], measured: Measured, margins: Mapping[str, float]
) -> Soak | None:
    """Plan a soak where one of the changes fits a size; nobody else needs one."""
    services = {name for each in chosen for name in sized(each.closes, each.subject)}
    if not services:
        return None
    return Soak(
        margins.get(_MARGIN, WAIT_MARGIN),
        tuple(map(waited, measured.borne)),
        tuple(each for each in measured.uses if each.service in services),
    )


def soaked(
    run: Run, members: Iterable[str], plan: Soak | None, take: Callable[[Soak], Soak]
) -> Soak | None:
    """Carry a planned soak out once, and return what it showed.

    Raises:
        PlanChangedError: the run already follows another plan of this name.
        InterruptionError: somebody wants the run to stop before it.
        StaleLeaseError: another process owns the platform by now.
    """
    if plan is None:
        return None
    ledger, names = Ledger.here(), sorted(members)
    name = f"soak-{digest(names)[:8]}"
    told = {"name": name, "candidates": names, "seconds": SECONDS, "soak": plain(plan)}
    plans.commit(ledger, run, name, told)
    if not (held := plans.samples(ledger, run.id, name)):
        stop_if_asked(run)
        found = take(plan)
        plans.add(ledger, run, name, 1, plain(found))
        return found
    return soak_of(held[0])
