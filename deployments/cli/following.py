"""Following a run: one line a cell on standard error, until it ends or the user leaves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

from deployments.cli.output import say
from deployments.cli.submitting import ServerGoneError, failed, owned_by, patience, talking
from deployments.local.stack import Stack
from tasks.domain.exits import Exit, worst
from tasks.domain.programme import CELLS
from tasks.domain.runs import RunState
from tasks.domain.settling import CellState
from tasks.tools import quiet
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger import decisions, runs
from tasks.tools.ledger.database import LedgerUnreachableError
from tasks.tools.ledger.leases import HeldError, holder

if TYPE_CHECKING:
    from prefect import State
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import TaskRun

    from tasks.domain.interruptions import Decision
    from tasks.tools.ledger.database import Ledger
    from tasks.tools.ledger.runs import RunRecord

_LOOK_SECONDS = 1.0
# A server that is being restarted is back by then.
_GONE_SECONDS = 30.0
# Looks in a row that must find a service dead: somebody else may be replacing it.
_LOOKS_AT_DEAD = 2
_GOES_ON = "`cmi resume` goes on from where it stopped."
_IN_LINE = "AwaitingConcurrencySlot"
_MEASURES = "who measures"  # beside the cells, none of which is called so
_IDS = frozenset(cell.id for cell in CELLS)


class RunStoppedError(PermanentToolError):
    """The run ended without finishing; what it finished is kept."""

    exit = Exit.FAULT


class RunCrashedError(RunStoppedError):
    """Its process died, or lost server or database for too long: worth taking up again."""


class StackBrokenError(PermanentToolError):
    """A service of the stack died under a run."""

    exit = Exit.FAULT


class RunLostError(RunCrashedError):
    """Nobody carries it out, and Prefect does not know: its worker died with it, or before."""


def follow(ledger: Ledger, record: RunRecord) -> RunRecord:
    """Wait for the end of a run and return it as the ledger has it then.

    Raises:
        RunStoppedError: it failed or crashed, or nobody carries it out.
        StackBrokenError: a service of the stack died.
        HeldError: another run got hold of the platform first.
        ServerGoneError: the server stayed away.
        DecisionNeededError: it waits until somebody decides.
    """
    following = _Following(ledger, record)
    while True:
        try:
            # One line to the server: to open one costs more than to ask.
            with talking(retries=0) as client:
                return following.look(client)
        except (ServerGoneError, LedgerUnreachableError):
            if time.monotonic() - following.seen > _GONE_SECONDS:
                raise
        time.sleep(_LOOK_SECONDS)


class _Following:
    """What is known of a run, whatever happens to the line to the server."""

    def __init__(self, ledger: Ledger, record: RunRecord) -> None:
        self._ledger, self._quick, self._record = ledger, ledger.impatient(), record
        self._told: dict[str, str] = {}
        self.seen = self._owned = time.monotonic()

    def look(self, client: SyncPrefectClient) -> RunRecord:
        """Look until the run ends; raises as `follow`."""
        while True:
            _see_services()
            state = tell(client, self._record, self._told)
            owner = owned_by(self._quick, self._record)
            self.seen = time.monotonic()
            if state is not None and state.is_final():
                return _ended(self._ledger, self._record, state)
            self._see_owner(state, owner=owner)
            time.sleep(_LOOK_SECONDS)

    def _see_owner(self, state: State[Any] | None, *, owner: bool) -> None:
        """Make sure that somebody works on the run, or that it waits for good reason."""
        waiting = state is not None and state.is_paused()
        if waiting and (asked := _asked(self._quick, self._record)):
            raise decisions.needed(asked)
        if owner or _waits(state):
            self._owned = time.monotonic()
        elif time.monotonic() - self._owned > patience(self._record, state):
            what = f"Nobody works on run {self._record.id}."
            raise RunLostError(what, "`cmi resume` goes on from where it stopped.")


def _asked(ledger: Ledger, record: RunRecord) -> Decision | None:
    """Find the question that a suspended run waits with; none when it was just answered."""
    return next(iter(decisions.waiting(ledger, record.id)), None)


def _see_services() -> None:
    """Make sure that every service lives: a dead one is noticed here long before it is missed."""
    for _ in range(_LOOKS_AT_DEAD):
        stack = Stack.read()
        if stack is None or stack.running:
            return
        time.sleep(_LOOK_SECONDS)
    what = "A service of the stack ended: database, server or worker."
    raise StackBrokenError(what, "`./start-project.sh` starts it again.")


def _waits(state: State[Any] | None) -> bool:
    """Tell whether it is right that nobody works: another's turn, or a decision is due."""
    return state is not None and (state.name == _IN_LINE or state.is_paused())


def tell(client: SyncPrefectClient, record: RunRecord, told: dict[str, str]) -> State[Any] | None:
    """Say what became of cells since ``told`` was written, and return the run's own state."""
    flow_run = client.read_flow_run(UUID(record.flow_run))
    tasks = client.read_task_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run.id]))
    )
    # An attempt that died left its own run of a cell; the last one tells how the cell fares.
    newest = {each.name: each for each in sorted(tasks, key=_began)}
    for name in sorted(newest.keys() & _IDS):
        state = newest[name].state
        word = ((state.name if state else "") or "").lower()
        if told.get(name) != word and word not in {"", "pending"}:
            say(f"{name}: {word}")
            told[name] = word
    tell_who_measures(record, told)
    return flow_run.state


def tell_who_measures(record: RunRecord, told: dict[str, str]) -> None:
    """Say it once when another run has the host to itself: this one waits at its next step."""
    other = quiet.holder()
    if other is not None and other != record.id and told.get(_MEASURES) != other:
        say(f"Run {other} measures, and has this host to itself; this run goes on afterwards.")
    told[_MEASURES] = other or ""


def _began(task_run: TaskRun) -> float:
    began = task_run.start_time or task_run.expected_start_time or task_run.created
    return began.timestamp() if began else 0.0


def _ended(ledger: Ledger, record: RunRecord, state: State[Any]) -> RunRecord:
    found = runs.find(ledger, record.id)
    if found is not None and found.state is RunState.FINISHED and not failed(state.type):
        return found
    owner = holder(ledger, record.platform)
    if owner is not None and owner.run != record.id and (owner.alive or owner.suspended):
        what = f"Run {owner.run} holds this platform."
        raise HeldError(what, "Wait for its end.", owner.run)
    if state.is_crashed():
        what = f"Run {record.id} stopped: {(state.message or state.name or '').rstrip('.')}."
        raise RunCrashedError(what, _GOES_ON)
    raise stopped(found or record, state.message or state.name or "", _GOES_ON)


def stopped(record: RunRecord, said: str, goes_on: str) -> RunStoppedError:
    """Make the error of a run that did not finish: why, and with the code that its cells ask for.

    ``said`` is why, when no cell is known to have failed.
    """
    outcome = dict(record.outcome)
    cells = [each for each in outcome.get("cells", ()) if each["state"] == CellState.FAILED]
    reasons = [f"{each['cell']} failed: {each['reason']}".rstrip(".") for each in cells]
    what = f"Run {record.id} stopped: {'; '.join(reasons) or said.rstrip('.')}."
    error = RunStoppedError(what, goes_on)
    if cells:
        error.exit = worst(*(Exit(each["exit"]) for each in cells))
    return error
