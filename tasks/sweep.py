"""Sweeping: which runs lost their process, which folders were never finished.

Whether an owner lives is decided by the lock of its lease, not by a process id: ids
are reused, and the process may be on another machine.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from prefect import get_client, runtime
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    TaskRunFilter,
    TaskRunFilterFlowRunId,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed
from prefect.types._datetime import now

from tasks.tools.ledger import runs
from tasks.tools.ledger.leases import holder
from tasks.tools.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prefect import State
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

    from tasks.tools.ledger.database import Ledger

# Flows that own a platform; nobody else's are touched.
OURS = ("programme", "theory", "build", "verify", "optimise")
_LIVE = (StateType.RUNNING, StateType.CANCELLING)
# A process that was only just started has no lease yet.
YOUNG = timedelta(seconds=60)
_PAGE = 200
_UNFINISHED = ".cmi-unfinished-"  # as tasks.tools.bundles names them


@dataclass(frozen=True, slots=True)
class Zombie:
    """A run that Prefect believes to be running, and nobody runs."""

    flow_run: str
    name: str


def zombies(ledger: Ledger) -> tuple[Zombie, ...]:
    """List our flow runs in state Running whose lease nobody holds."""
    with get_client(sync_client=True) as client:
        live = client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=list(OURS))),
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(_LIVE)))
            ),
            limit=_PAGE,
        )
    return tuple(Zombie(str(each.id), each.name) for each in live if _dead(ledger, each))


def _dead(ledger: Ledger, flow_run: FlowRun) -> bool:
    if str(flow_run.id) == str(runtime.flow_run.id):
        return False
    record = runs.find(ledger, str(flow_run.id))
    owner = holder(ledger, record.platform) if record else None
    if record and owner and owner.alive and owner.run == record.id:
        return False
    if record:  # it wrote itself down, so it owned its platform a moment later
        return True
    since = flow_run.state.timestamp if flow_run.state else flow_run.created
    return since is None or now("UTC") - since > YOUNG


def close(zombie: Zombie) -> None:
    """Set a run, its children and their tasks to Crashed, the innermost first."""
    with get_client(sync_client=True) as client:
        for flow_run in reversed(list(_family(client, UUID(zombie.flow_run)))):
            _crash(client, flow_run)


def _family(client: SyncPrefectClient, root: UUID) -> Iterator[UUID]:
    yield root
    children = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[root]),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(_LIVE))),
        ),
        limit=_PAGE,
    )
    for child in children:
        yield from _family(client, child.id)


def _crash(client: SyncPrefectClient, flow_run: UUID) -> None:
    tasks = client.read_task_runs(
        task_run_filter=TaskRunFilter(
            flow_run_id=TaskRunFilterFlowRunId(any_=[flow_run]),
            state=TaskRunFilterState(
                type=TaskRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
            ),
        ),
        limit=_PAGE,
    )
    lost: State[None] = Crashed(message="Its process is gone.")
    for each in tasks:
        client.set_task_run_state(each.id, lost, force=True)
    client.set_flow_run_state(flow_run, lost, force=True)


def leftovers(ledger: Ledger) -> tuple[Path, ...]:
    """List half-written bundles in our own state whose run is not being worked on."""
    folder = state_folder() / "bundles"
    return tuple(
        path
        for path in folder.glob(f".*{_UNFINISHED}*")
        if path.is_dir() and not _busy(ledger, path.name[1:].partition(_UNFINISHED)[0])
    )


def _busy(ledger: Ledger, run: str) -> bool:
    record = runs.find(ledger, run)
    owner = holder(ledger, record.platform) if record else None
    return owner is not None and owner.alive and owner.run == run


def remove(folder: Path) -> str:
    """Remove a half-written folder of ours and name it."""
    shutil.rmtree(folder, ignore_errors=True)
    return str(folder)
