"""Runs in Prefect, as `cmi` sees them: submit, take up again, watch."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from prefect import get_client
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import AwaitingRetry

from tasks.domain.exits import Exit
from tasks.domain.runs import RunState
from tasks.sweep import Zombie, close
from tasks.tools import processes
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger import decisions, runs
from tasks.tools.ledger.leases import holder
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect import State
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

    from tasks.ownership import Identity, Request
    from tasks.tools.ledger.database import Ledger

DEPLOYMENT = "local"
# How long a run may be without an owner before it counts as lost. Its process is here: it is
# being born or looks for its database, seconds, more on a busy machine.
_BORN_SECONDS = 60.0
# It is not, though only the process itself calls a run Running: it died, or it is on another
# machine and takes its lock again within seconds after the database was away.
_AWAY_SECONDS = 6.0
# A worker or the next one is about to start the process.
_COMING_SECONDS = 20.0
_ENDING_SECONDS = 15.0
# Prefect's worker gives it to the process of each flow run.
_FLOW_RUN = "PREFECT__FLOW_RUN_ID"
_LOOK_SECONDS = 0.5
_UNREACHED = "Failed to reach API"  # what its RuntimeError says
# States in which Prefect believes that somebody carries a run out, or is about to.
_IN_HAND = frozenset({StateType.PENDING, StateType.RUNNING, StateType.CANCELLING})


class ServerGoneError(PermanentToolError):
    """Prefect's server does not answer."""

    exit = Exit.FAULT


@contextmanager
def talking(retries: int = 5) -> Iterator[SyncPrefectClient]:
    """Talk to the server; when it is gone, say so in one sentence.

    Prefect's client waits 2, 4, 8, 16 and 32 s between its ``retries``.

    Raises:
        ServerGoneError: it does not answer.
    """
    try:
        with (
            temporary_settings({PREFECT_CLIENT_MAX_RETRIES: retries} | _address()),
            get_client(sync_client=True) as client,
        ):
            yield client
    except Exception as error:
        if gone := server_gone(error):
            raise gone from error
        raise


def _address() -> dict[Any, Any]:
    """Return where the server is now: Prefect read its settings when it was imported.

    A server that was repaired since may have another port.
    """
    url = os.environ.get("PREFECT_API_URL")
    return {PREFECT_API_URL: url} if url else {}


def server_gone(error: BaseException) -> ServerGoneError | None:
    """Tell in one sentence that the server is gone, if that is what ``error`` means."""
    from httpx import HTTPError  # noqa: PLC0415, TID251  # the client lets its library's error out

    if not isinstance(error, HTTPError) and _UNREACHED not in str(error):
        return None
    what = "Prefect's server does not answer; the run goes on without it as far as it can."
    remedy = "Start it with ./start-project.sh, then give the same command again."
    return ServerGoneError(what, remedy)


def write_down(ledger: Ledger, identity: Identity, request: Request) -> RunRecord:
    """Write a new run down; nobody carries it out yet."""
    run = str(uuid4())
    parameters = asdict(replace(request, run=run, batch=request.batch or run))
    record = RunRecord(
        run,
        identity.platform,
        request.batch or run,
        run if request.recompute else "",
        identity.source,
        identity.entry,
        parameters,
    )
    return runs.begin(ledger, record)


def submit(ledger: Ledger, record: RunRecord) -> RunRecord:
    """Hand a run to the workers, as a flow run of its own."""
    told = dict(record.parameters) | {"run": record.id}
    flow = told.get("phase") or "programme"
    with talking() as client:
        deployment = client.read_deployment_by_name(f"{flow}/{DEPLOYMENT}")
        known = (deployment.parameter_openapi_schema or {}).get("properties", {})
        parameters = {name: value for name, value in told.items() if name in known}
        flow_run = client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
    runs.submitted(ledger, record.id, str(flow_run.id))
    return replace(record, flow_run=str(flow_run.id))


def take_up(ledger: Ledger, record: RunRecord) -> RunRecord:
    """Go on with a run, whatever state Prefect believes it to be in.

    The lease decides: while its holder lives, there is nothing to do but follow. When nobody
    lives, the flow run is scheduled again by force: a killed worker or process leaves it
    Running or Pending, states that no worker looks at. A flow run that waits for a worker, its
    turn or a decision keeps its place. Of several who come at once one does it, and the others
    find it done.
    """
    with ledger.one_at_a_time(f"take up {record.id}"):
        return _take_up(ledger, runs.find(ledger, record.id) or record)


def _take_up(ledger: Ledger, record: RunRecord) -> RunRecord:
    with talking() as client:
        flow_run = _read(client, record.flow_run)
        if flow_run is None or flow_run.state is None or flow_run.deployment_id is None:
            return record if owned_by(ledger, record) else submit(ledger, record)
        if flow_run.state.is_final():
            if flow_run.state.is_completed() and _finished(ledger, record):
                return record
            _let_end(ledger, record)
        elif flow_run.state.is_paused():
            _let_on(ledger, record)
            return record
        elif flow_run.state.type in _IN_HAND:
            if _comes(ledger, record, flow_run.state):
                return record
            close(Zombie(record.flow_run, flow_run.name))
        else:
            return record
        client.set_flow_run_state(UUID(record.flow_run), AwaitingRetry(), force=True)
    return record


def stands_still(record: RunRecord) -> bool:
    """Tell whether a run that asked something waits on: its form may just have been filled in."""
    with talking() as client:
        flow_run = _read(client, record.flow_run)
    state = flow_run.state if flow_run and flow_run.deployment_id else None
    return state is None or state.is_paused() or state.is_final()


def _let_on(ledger: Ledger, record: RunRecord) -> None:
    """Let a suspended run go on, if its question was answered.

    Raises:
        DecisionNeededError: it was not.
    """
    from deployments.cli.nudging import nudge  # noqa: PLC0415  # it needs this module

    if waiting := decisions.waiting(ledger, record.id):
        raise decisions.needed(waiting[0])
    for last in decisions.of_run(ledger, record.id)[-1:]:
        if last.answer is not None:
            nudge(ledger, record, last.answer, last)


def owned_by(ledger: Ledger, record: RunRecord) -> bool:
    """Tell whether a process of this run lives, by the lock of its lease."""
    owner = holder(ledger, record.platform)
    return owner is not None and owner.alive and owner.run == record.id


def _read(client: SyncPrefectClient, flow_run: str) -> FlowRun | None:
    try:
        return client.read_flow_run(UUID(flow_run)) if flow_run else None
    except ObjectNotFound:
        return None


def _finished(ledger: Ledger, record: RunRecord) -> bool:
    found = runs.find(ledger, record.id)
    return found is not None and found.state is RunState.FINISHED


def patience(record: RunRecord, state: State[Any] | None) -> float:
    """Say how many seconds a run may be without an owner before it counts as lost."""
    if processes.marked(_FLOW_RUN, record.flow_run):
        return _BORN_SECONDS
    return _AWAY_SECONDS if state is not None and state.is_running() else _COMING_SECONDS


def _comes(ledger: Ledger, record: RunRecord, state: State[Any]) -> bool:
    """Wait for the run's process to own its platform; False when nobody will."""
    begun = time.monotonic()
    while not owned_by(ledger, record):
        if time.monotonic() - begun > patience(record, state):
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _let_end(ledger: Ledger, record: RunRecord) -> None:
    """Wait for a process that reported the run's end, and has not given its platform back."""
    deadline = time.monotonic() + _ENDING_SECONDS
    while owned_by(ledger, record) and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)


def failed(state: StateType) -> bool:
    """Tell whether a run ended without finishing."""
    return state in {StateType.FAILED, StateType.CRASHED, StateType.CANCELLED}
