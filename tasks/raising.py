"""Raising a trigger by hand: from a terminal, a deployment's form, or an event."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.domain.interruptions import Kind, Trigger
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger import runs, triggers
from tasks.tools.ledger.triggers import RunEndedError

if TYPE_CHECKING:
    from tasks.tools.ledger.database import Ledger

NOBODY = "somebody who gave no name"


class NoReasonError(PermanentToolError):
    """Whoever has to decide must be told why."""

    exit = Exit.USAGE


def by_hand(ledger: Ledger, kind: Kind, reason: str, run: str, said: tuple[str, str]) -> list[str]:
    """Stop one run, or without ``run`` all that have not finished; return their ids.

    ``said`` is by whom, and through what. What a person raises is new each time.

    Raises:
        NoReasonError: no reason was given.
        RunEndedError: there is nothing to stop.
    """
    if not reason.strip():
        what = "A trigger needs a reason: whoever decides reads it."
        raise NoReasonError(what, "Say what happened.")
    by, source = said
    trigger = Trigger(kind, f"by hand {uuid.uuid4().hex}", reason, by.strip() or NOBODY, source)
    found = [_of(ledger, run)] if run else list(runs.unfinished(ledger))
    if not found:
        what = "No run is unfinished."
        raise RunEndedError(what, "`cmi run PATH` begins one; `cmi status` lists them.")
    for each in found:
        triggers.raise_trigger(ledger, each, trigger)
    return found


def _of(ledger: Ledger, run: str) -> str:
    """Find a run by its id, or by that of the flow run that carries it."""
    found = runs.find(ledger, run)
    return found.id if found else run
