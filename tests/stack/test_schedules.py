"""Schedules of the stack: Prefect's server plans runs ahead, and the worker carries them out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.rig import wait_until

if TYPE_CHECKING:
    from tests.stack.rig import Platforms

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def planned(stack: Platforms, deployment: str, state: str) -> list[Any]:
    """Return the runs in one state that a schedule of a deployment has made."""
    from prefect.client.schemas.filters import (  # noqa: PLC0415
        DeploymentFilter,
        DeploymentFilterId,
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType  # noqa: PLC0415

    with stack.client() as client:
        wanted = client.read_deployment_by_name(deployment).id
        found = client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[wanted])),
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType(state)]))
            ),
        )
    return [each for each in found if each.auto_scheduled]


@pytest.mark.parametrize("deployment", ["sweep/local", "programme/nightly"])
def test_what_has_a_schedule_is_planned_ahead(stack: Platforms, deployment: str) -> None:
    assert wait_until("runs are planned", lambda: planned(stack, deployment, "SCHEDULED"))


def test_a_run_of_a_schedule_is_carried_out(stack: Platforms) -> None:
    from prefect.client.schemas.schedules import IntervalSchedule  # noqa: PLC0415

    often = IntervalSchedule(interval=timedelta(seconds=10))
    before = {each.id for each in planned(stack, "sweep/local", "COMPLETED")}
    with stack.client() as client:
        deployment = client.read_deployment_by_name("sweep/local")
        (added,) = client.create_deployment_schedules(deployment.id, [(often, True)])
    try:
        assert wait_until(
            "a sweep of the schedule has ended well",
            lambda: {each.id for each in planned(stack, "sweep/local", "COMPLETED")} - before,
        )
    finally:
        with stack.client() as client:
            client.delete_deployment_schedule(deployment.id, added.id)
