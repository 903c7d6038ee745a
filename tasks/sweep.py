"""Sweeping: which runs lost their process, which folders were never finished.

Whether an owner lives is decided by the lock of its lease, not by a process id: ids
are reused, and the process may be on another machine. What a run's earlier attempt left
open is told by time: an attempt begins when it takes the lease, and owns nothing older.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from prefect import get_client, runtime
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    TaskRunFilter,
    TaskRunFilterFlowRunId,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType, TaskRun
from prefect.client.schemas.sorting import FlowRunSort, TaskRunSort
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed
from prefect.types._datetime import now

from tasks.tools.ledger import runs
from tasks.tools.ledger.leases import holder
from tasks.tools.scratch import abandoned
from tasks.tools.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from prefect import State
    from prefect.client.orchestration import SyncPrefectClient

    from tasks.tools.ledger.database import Ledger
    from tasks.tools.ledger.leases import Holder

# Flows that own a platform; nobody else's are touched, but a sweep that died.
OWNERS = frozenset({"programme", "theory", "build", "verify", "optimise"})
OURS = OWNERS | {"sweep"}
OPEN = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
# A process that was only just started has no lease yet.
YOUNG = timedelta(seconds=60)
_PAGE = 200  # the most that the server returns at once
_UNFINISHED = ".cmi-unfinished-"  # as tasks.tools.bundles names them
_GONE = "Its process is gone."
_ENDED = "The run that it belongs to has ended."
_EARLIER = "An earlier attempt of its run left it; that process is gone."


@dataclass(frozen=True, slots=True)
class Zombie:
    """A run that Prefect believes to be running, and nobody runs.

    ``flow_run`` is its id, or the flow run of the task run ``task_run``. With ``state``
    (the id of the state that was seen) it is closed only while it still is in that state.
    """

    flow_run: str
    name: str
    task_run: str = ""
    reason: str = _GONE
    state: str = ""


def zombies(ledger: Ledger) -> tuple[Zombie, ...]:
    """List our open flow runs and task runs that nobody works on, the innermost first.

    The root comes last: as soon as it is Crashed it may be taken up again.
    """
    with get_client(sync_client=True) as client:
        look = _Look(client, ledger)
        tasks = [_task_zombie(look, each) for each in _open_tasks(client)]
        flows = [(look.depth(each), _flow_zombie(look, each)) for each in _open_flows(client)]
    flows.sort(key=lambda pair: -pair[0])
    return tuple(each for each in (*tasks, *(zombie for _, zombie in flows)) if each)


class _Look:
    """One look at the server and the ledger: what it asked once it does not ask again."""

    def __init__(self, client: SyncPrefectClient, ledger: Ledger) -> None:
        self._client = client
        self._ledger = ledger
        self._lines: dict[UUID, tuple[FlowRun, ...]] = {}
        self._owners: dict[UUID, Holder | None] = {}
        self._names: dict[UUID, str] = {}

    def line(self, flow_run: UUID) -> tuple[FlowRun, ...]:
        """Return a flow run and those above it, the root last; nothing when one is unknown."""
        if flow_run not in self._lines:
            try:
                self._lines[flow_run] = self._climb(self._client.read_flow_run(flow_run))
            except ObjectNotFound:  # deleted meanwhile
                self._lines[flow_run] = ()
        return self._lines[flow_run]

    def _climb(self, flow_run: FlowRun) -> tuple[FlowRun, ...]:
        if flow_run.parent_task_run_id is None:
            return (flow_run,)
        above = self._client.read_task_run(flow_run.parent_task_run_id).flow_run_id
        higher = self.line(above) if above else ()
        return (flow_run, *higher) if higher else ()

    def depth(self, flow_run: FlowRun) -> int:
        return len(self.line(flow_run.id))

    def is_of(self, root: FlowRun, names: frozenset[str]) -> bool:
        if root.flow_id not in self._names:
            self._names[root.flow_id] = self._client.read_flow(root.flow_id).name
        return self._names[root.flow_id] in names

    def owner(self, root: FlowRun) -> Holder | None:
        """Return the lease that this very flow run holds or held last."""
        if root.id not in self._owners:
            record = runs.find(self._ledger, str(root.id))
            found = holder(self._ledger, record.platform) if record else None
            carried = record is not None and record.flow_run in {"", str(root.id)}
            held = found is not None and record is not None and found.run == record.id
            self._owners[root.id] = found if carried and held else None
        return self._owners[root.id]


def _task_zombie(look: _Look, task_run: TaskRun) -> Zombie | None:
    line = look.line(task_run.flow_run_id) if task_run.flow_run_id else ()
    reason = _why_lost(look, line, _since(task_run)) if line else ""
    seen = str(task_run.state_id or "")
    flow_run = str(task_run.flow_run_id)
    return Zombie(flow_run, task_run.name, str(task_run.id), reason, seen) if reason else None


def _flow_zombie(look: _Look, flow_run: FlowRun) -> Zombie | None:
    line = look.line(flow_run.id)
    if not line or str(flow_run.id) == str(runtime.flow_run.id):
        return None
    if len(line) > 1:
        reason = _why_lost(look, line[1:], _since(flow_run))
    else:
        reason = _GONE if look.is_of(flow_run, OURS) and _dead(look, flow_run) else ""
    seen = str(flow_run.state_id or "")
    return Zombie(str(flow_run.id), flow_run.name, reason=reason, state=seen) if reason else None


def _why_lost(look: _Look, line: tuple[FlowRun, ...], since: datetime | None) -> str:
    """Say why nobody works on what belongs to ``line``; nothing when somebody may."""
    root = line[-1]
    if not look.is_of(root, OWNERS):
        return ""
    if any(each.state is not None and each.state.is_final() for each in line):
        return _ENDED
    owner = look.owner(root)
    if owner is None or not owner.alive:
        return _GONE
    return _EARLIER if since and owner.since and since < owner.since else ""


def _dead(look: _Look, root: FlowRun) -> bool:
    owner, since = look.owner(root), _since(root)
    if owner and owner.alive:
        return False
    if owner and owner.since and since and since < owner.since:
        return True  # this attempt did own its platform, and does not any more
    return since is None or now("UTC") - since > YOUNG


def _since(run: FlowRun | TaskRun) -> datetime | None:
    return run.state.timestamp if run.state else run.created


def _open_flows(client: SyncPrefectClient, below: UUID | None = None) -> Iterator[FlowRun]:
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=OPEN))
    parent = FlowRunFilterParentFlowRunId(any_=[below]) if below else None
    wanted = FlowRunFilter(state=state, parent_flow_run_id=parent)
    found: list[FlowRun] = []
    while page := client.read_flow_runs(
        flow_run_filter=wanted, sort=FlowRunSort.ID_DESC, limit=_PAGE, offset=len(found)
    ):
        found += page
    yield from found


def _open_tasks(client: SyncPrefectClient, of: UUID | None = None) -> Iterator[TaskRun]:
    state = TaskRunFilterState(type=TaskRunFilterStateType(any_=OPEN))
    flow_run = TaskRunFilterFlowRunId(any_=[of]) if of else None
    wanted = TaskRunFilter(state=state, flow_run_id=flow_run)
    found: list[TaskRun] = []
    while page := client.read_task_runs(
        task_run_filter=wanted, sort=TaskRunSort.ID_DESC, limit=_PAGE, offset=len(found)
    ):
        found += page
    yield from found


def close(zombie: Zombie) -> bool:
    """Set a run, its children and their tasks to Crashed, the innermost first.

    False, and nothing is done, when its state changed since it was seen.
    """
    with get_client(sync_client=True) as client:
        if zombie.state and _state_of(client, zombie) != zombie.state:
            return False
        if zombie.task_run:
            _crash_task(client, UUID(zombie.task_run), zombie.reason)
        else:
            _crash(client, UUID(zombie.flow_run), zombie.reason)
    return True


def _state_of(client: SyncPrefectClient, zombie: Zombie) -> str:
    try:
        if zombie.task_run:
            return str(client.read_task_run(UUID(zombie.task_run)).state_id)
        return str(client.read_flow_run(UUID(zombie.flow_run)).state_id)
    except ObjectNotFound:
        return ""


def _crash(client: SyncPrefectClient, flow_run: UUID, reason: str) -> None:
    for child in _open_flows(client, below=flow_run):
        _crash(client, child.id, reason)
    for each in _open_tasks(client, of=flow_run):
        _crash_task(client, each.id, reason)
    client.set_flow_run_state(flow_run, Crashed(message=reason), force=True)


def _crash_task(client: SyncPrefectClient, task_run: UUID, reason: str) -> None:
    lost: State[None] = Crashed(message=reason)
    # Without force Prefect refuses a new state to a task whose flow run has ended.
    client.set_task_run_state(task_run, lost, force=True)


def leftovers(ledger: Ledger) -> tuple[Path, ...]:
    """List what nobody will finish in our own state: half-written bundles, scratch folders."""
    state = state_folder()
    bundles = tuple(
        path
        for path in (state / "bundles").glob(f".*{_UNFINISHED}*")
        if path.is_dir() and not _busy(ledger, path.name[1:].partition(_UNFINISHED)[0])
    )
    return (*bundles, *abandoned(state))


def _busy(ledger: Ledger, run: str) -> bool:
    record = runs.find(ledger, run)
    owner = holder(ledger, record.platform) if record else None
    return owner is not None and owner.alive and owner.run == run


def remove(folder: Path) -> str:
    """Remove a half-written folder of ours and name it."""
    shutil.rmtree(folder, ignore_errors=True)
    return str(folder)
