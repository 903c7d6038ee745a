"""Slots: places in line that Prefect counts as taken, and that nobody holds.

A run of a deployment with a limit takes a slot, and a lease in the server's storage says
so. When that storage was lost and the run is deleted, nothing gives the slot back, ever:
enough of them, and no run begins any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from prefect import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.types._datetime import now

from tasks.sweep import OPEN, OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.responses import DeploymentResponse

# A lease that nobody renews ends after five minutes, and gives its slot back by itself: what is
# counted for longer, without any change, has no lease.
SETTLED = timedelta(minutes=6)
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Leak:
    """Slots of one deployment's limit that no run holds."""

    deployment: str
    limit: str
    slots: int


def leaks(settled: timedelta = SETTLED) -> tuple[Leak, ...]:
    """List what our deployments count too much; other people's limits are not looked at."""
    with get_client(sync_client=True) as client:
        return tuple(
            found
            for each in _deployments(client)
            if (found := _leak(client, each, settled)) is not None
        )


def _deployments(client: SyncPrefectClient) -> Iterator[DeploymentResponse]:
    ours = FlowFilter(name=FlowFilterName(any_=sorted(OURS)))
    seen = 0
    while page := client.read_deployments(flow_filter=ours, limit=_PAGE, offset=seen):
        seen += len(page)
        yield from page


def _leak(
    client: SyncPrefectClient, deployment: DeploymentResponse, settled: timedelta
) -> Leak | None:
    limit = deployment.global_concurrency_limit
    if limit is None or not limit.active_slots:
        return None
    if limit.updated is None or now("UTC") - limit.updated < settled:
        return None
    free = limit.active_slots - _holders(client, deployment)
    return Leak(deployment.name, limit.name, free) if free > 0 else None


def _holders(client: SyncPrefectClient, deployment: DeploymentResponse) -> int:
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=OPEN))
    own = DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id]))
    found = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=state), deployment_filter=own, limit=_PAGE
    )
    return len(found)


def free(leak: Leak) -> str:
    """Give the slots back, and name them."""
    with get_client(sync_client=True) as client:
        client.release_concurrency_slots(
            names=[leak.limit], slots=leak.slots, occupancy_seconds=1.0
        )
    return f"{leak.slots} of {leak.limit}"
