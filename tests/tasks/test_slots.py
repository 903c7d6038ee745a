"""A slot that leaked for real is found and freed; one that somebody holds is left alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from prefect import flow, get_client
from prefect.states import Pending, Running

from tasks.slots import SETTLED, Leak, free, leaks

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.client.orchestration import SyncPrefectClient

AT_ONCE = timedelta(0)


@flow
def programme() -> None: ...


@flow
def others() -> None: ...


def _deployment(client: SyncPrefectClient, what: object, name: str) -> UUID:
    flow_id = client.create_flow(what)  # type: ignore[arg-type]  # a flow, typed by its parameters
    return client.create_deployment(flow_id, name, concurrency_limit=2)


def _run(client: SyncPrefectClient, deployment: UUID) -> UUID:
    """Let a run take a slot, as a worker's does."""
    run = client.create_flow_run_from_deployment(deployment).id
    client.set_flow_run_state(run, Pending())
    client.set_flow_run_state(run, Running())
    return run


def _taken(client: SyncPrefectClient, deployment: UUID) -> int:
    limit = client.read_deployment(deployment).global_concurrency_limit
    assert limit is not None
    return limit.active_slots


def _leak(client: SyncPrefectClient, deployment: UUID) -> None:
    """Take a slot without a lease: what is left when the server's leases were lost."""
    name = f"deployment:{deployment}"
    client.increment_concurrency_slots(names=[name], slots=1, mode="concurrency")


@pytest.mark.usefixtures("prefect")
def test_a_slot_that_nobody_holds_is_freed_a_held_one_and_other_peoples_are_not() -> None:
    with get_client(sync_client=True) as client:
        ours = _deployment(client, programme, "in line")
        theirs = _deployment(client, others, "in line")
        _run(client, ours)
        for deployment in (ours, theirs):
            _leak(client, deployment)
        assert (_taken(client, ours), _taken(client, theirs)) == (2, 1)

        young = leaks(SETTLED)
        found = leaks(AT_ONCE)
        named = [free(each) for each in found]

        assert young == ()  # its lease might still give it back
        assert found == (Leak("in line", f"deployment:{ours}", 1),)
        assert named == [f"1 of deployment:{ours}"]
        assert (_taken(client, ours), _taken(client, theirs)) == (1, 1)
        assert leaks(AT_ONCE) == ()
