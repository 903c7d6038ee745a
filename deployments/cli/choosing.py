"""What `cmi run` does about the runs that there are: attach, resume, show, begin, or refuse."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tasks.domain.runs import RunState
from tasks.tools.ledger import decisions, runs
from tasks.tools.ledger.leases import HeldError, holder

if TYPE_CHECKING:
    from tasks.ownership import Request
    from tasks.tools.ledger.database import Ledger
    from tasks.tools.ledger.runs import RunRecord


class Choice(StrEnum):
    """What to do."""

    ATTACH = "attach"
    RESUME = "resume"
    SHOW = "show"
    BEGIN = "begin"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, and with which run; none when a new one begins."""

    choice: Choice
    record: RunRecord | None = None


def choose(ledger: Ledger, platform: str, request: Request, *, fresh: bool) -> Plan:
    """Apply the rules for one platform and batch.

    Raises:
        HeldError: a run that is not the one meant works on this platform.
        DecisionNeededError: the run that is meant waits for an answer.
    """
    if (running := _running(ledger, platform)) is not None:
        other = fresh or request.batch not in {"", running.batch}
        if other or not _enough(running, request):
            what = f"Run {running.id} (batch {running.batch}) holds this platform."
            raise HeldError(what, "Wait until it has ended; `cmi resume` follows it.", running.id)
        if asked := decisions.waiting(ledger, running.id):
            raise decisions.needed(asked[0])
        return Plan(Choice.ATTACH if _works(ledger, running) else Choice.RESUME, running)
    if fresh:
        return Plan(Choice.BEGIN)
    if request.batch:
        return _of_batch(runs.newest(ledger, platform, request.batch, phase=""), request)
    unfinished = runs.newest(ledger, platform, state=RunState.OPEN, phase="")
    return _resumed(unfinished, request) if unfinished else Plan(Choice.BEGIN)


def _running(ledger: Ledger, platform: str) -> RunRecord | None:
    owner = holder(ledger, platform)
    if owner is None or not (owner.alive or owner.suspended):
        return None
    return runs.find(ledger, owner.run)


def _works(ledger: Ledger, record: RunRecord) -> bool:
    owner = holder(ledger, record.platform)
    return owner is not None and owner.alive


def _of_batch(record: RunRecord | None, request: Request) -> Plan:
    if record is None or not _enough(record, request):
        return Plan(Choice.BEGIN)
    if record.state is RunState.OPEN:
        return _resumed(record, request)
    return Plan(Choice.BEGIN) if request.recompute else Plan(Choice.SHOW, record)


def _resumed(record: RunRecord, request: Request) -> Plan:
    """A run that may use stored results is none that was asked to recompute them."""
    if (request.recompute and not record.salt) or not _enough(record, request):
        return Plan(Choice.BEGIN)
    return Plan(Choice.RESUME, record)


def _enough(record: RunRecord, request: Request) -> bool:
    """Tell whether a run does all that is asked for: a quick one or a phase alone does less.

    One that measures a copy was consented to; who did not ask for that gets no such run.
    """
    told = record.parameters
    if bool(told.get("live")) is not request.live:
        return False
    return not told.get("phase") and (request.quick or not told.get("quick"))
