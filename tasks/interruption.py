"""Interrupting a run: it stops where its next step would begin.

A thread cannot be stopped from outside, and a step that is cut in the middle is done
again; so the wish is written down, and read where nothing is lost. The longest wait
is one step. Two wishes are told apart: of this process (Ctrl-C), and of the ledger (a
trigger, `tasks.tools.ledger.triggers`), which ends in a question to a person.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tasks.tools import quiet
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger import triggers
from tasks.tools.ledger.database import (
    Ledger,
    LedgerMissingError,
    LedgerUnreachableError,
    StaleLeaseError,
)
from tasks.tools.ledger.effects import EffectOrderError
from tasks.tools.ledger.plans import PlanChangedError, SampleOrderError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tasks.domain.runs import Run
    from tasks.tools.errors import ToolError

_asked = threading.Event()


class InterruptionError(PermanentToolError):
    """Somebody wants this run to stop; what it finished is kept."""


class StoppedError(InterruptionError):
    """A trigger stops this run; what it finished is kept, and somebody is asked."""


_OURS = (
    InterruptionError,
    LedgerMissingError,
    LedgerUnreachableError,
    StaleLeaseError,
    EffectOrderError,
    PlanChangedError,
    SampleOrderError,
)


def ask() -> None:
    """Wish that the run of this process stops."""
    _asked.set()


def asked() -> bool:
    """Tell whether the run of this process shall stop."""
    return _asked.is_set()


def forget() -> None:
    """Begin anew: an earlier wish was for an earlier run."""
    _asked.clear()


def stop_if_asked(run: Run | None = None) -> None:
    """Pass a boundary between steps; with ``run`` the ledger is asked too.

    Raises:
        InterruptionError: the run shall stop here.
    """
    if asked():
        what = "The run was interrupted."
        raise InterruptionError(what, "The same command goes on from here.")
    if run is not None and triggers.stopped(Ledger.here(), run.id):
        raise stopped(run)


def undisturbed(run: Run) -> AbstractContextManager[None]:
    """Have the host to itself while ``run`` measures; whoever else does is waited for.

    Raises:
        InterruptionError: the run shall stop, and need not wait any longer.
    """
    return quiet.held(lambda: stop_if_asked(run), run.id)


def reason_of(error: ToolError) -> str:
    """Give what the outside refused as a reason; what concerns the run itself goes on up.

    Raises:
        ToolError: the very error, when it is about the run, its platform or its ledger.
    """
    if isinstance(error, _OURS):
        raise error
    return str(error)


def stopped(run: Run) -> StoppedError:
    """Say that a trigger stops ``run`` here."""
    what = f"Run {run.id} was interrupted by a trigger."
    return StoppedError(what, "It asks what to do as soon as what is at work has ended.")
