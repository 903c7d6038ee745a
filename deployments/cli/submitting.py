"""Runs in Prefect, as `cmi` sees them: submit, take up again, watch."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from prefect import get_client
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import AwaitingRetry

from tasks.domain.exits import Exit
from tasks.sweep import Zombie, close
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger import runs
from tasks.tools.ledger.leases import holder
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

    from tasks.ownership import Identity, Request
    from tasks.tools.ledger.database import Ledger

DEPLOYMENT = "programme/local"
# A flow's process is up and owns its platform some seconds after Prefect calls it Running.
_BIRTH_SECONDS = 15.0
_LOOK_SECONDS = 0.5
# States in which Prefect believes that somebody carries a run out, or is about to.
_IN_HAND = frozenset({StateType.PENDING, StateType.RUNNING, StateType.CANCELLING})


class ServerGoneError(PermanentToolError):
    """Prefect's server does not answer."""

    exit = Exit.FAULT


@contextmanager
def talking() -> Iterator[SyncPrefectClient]:
    """Talk to the server; when it is gone, say so in one sentence.

    Raises:
        ServerGoneError: it does not answer.
    """
    from httpx import HTTPError  # noqa: PLC0415, TID251  # the client lets its library's error out

    try:
        with get_client(sync_client=True) as client:
            yield client
    except (HTTPError, RuntimeError) as error:
        what = "Prefect's server does not answer; the run goes on without it as far as it can."
        remedy = "Start it with ./start-project.sh, then give the same command again."
        raise ServerGoneError(what, remedy) from error


def begin(ledger: Ledger, identity: Identity, request: Request) -> RunRecord:
    """Write a new run down, then submit it."""
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
    runs.begin(ledger, record)
    return submit(ledger, record)


def submit(ledger: Ledger, record: RunRecord) -> RunRecord:
    """Hand a run to the workers, as a flow run of its own."""
    parameters = dict(record.parameters) | {"run": record.id}
    with talking() as client:
        deployment = client.read_deployment_by_name(DEPLOYMENT)
        flow_run = client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
    runs.submitted(ledger, record.id, str(flow_run.id))
    return replace(record, flow_run=str(flow_run.id))


def take_up(ledger: Ledger, record: RunRecord) -> RunRecord:
    """Go on with a run, whatever state Prefect believes it to be in.

    The lease decides: while its holder lives, there is nothing to do but follow. When nobody
    lives, the flow run is scheduled again by force: a killed worker or process leaves it
    Running or Pending, states that no worker looks at. A flow run that waits for a worker, its
    turn or a decision keeps its place.
    """
    with talking() as client:
        flow_run = _read(client, record.flow_run)
        if flow_run is None or flow_run.state is None or flow_run.deployment_id is None:
            return record if owned_by(ledger, record) else submit(ledger, record)
        if flow_run.state.is_final():
            _wait(ledger, record, alive=False)  # its process may still be ending
        elif flow_run.state.type in _IN_HAND:
            if _wait(ledger, record, alive=True):
                return record
            close(Zombie(record.flow_run, flow_run.name))
        else:
            return record
        client.set_flow_run_state(UUID(record.flow_run), AwaitingRetry(), force=True)
    return record


def owned_by(ledger: Ledger, record: RunRecord) -> bool:
    """Tell whether a process of this run lives, by the lock of its lease."""
    owner = holder(ledger, record.platform)
    return owner is not None and owner.alive and owner.run == record.id


def _read(client: SyncPrefectClient, flow_run: str) -> FlowRun | None:
    try:
        return client.read_flow_run(UUID(flow_run)) if flow_run else None
    except ObjectNotFound:
        return None


def _wait(ledger: Ledger, record: RunRecord, *, alive: bool) -> bool:
    """Wait a moment for the run's process to own its platform, or to give it back."""
    deadline = time.monotonic() + _BIRTH_SECONDS
    while time.monotonic() < deadline:
        if owned_by(ledger, record) is alive:
            return True
        time.sleep(_LOOK_SECONDS)
    return False


def failed(state: StateType) -> bool:
    """Tell whether a run ended without finishing."""
    return state in {StateType.FAILED, StateType.CRASHED, StateType.CANCELLED}
