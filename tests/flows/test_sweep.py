"""The sweep as a flow: what it closes it names, and repeating it changes nothing."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from prefect import flow, get_client
from prefect.states import Running

from flows import sweep as module
from flows.sweep import sweep
from tasks.tools.ledger import runs
from tasks.tools.ledger.leases import Lease
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from tasks.tools.ledger.database import Ledger

pytestmark = pytest.mark.timeout(120)


@flow
def programme() -> None: ...


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECOND_LOOK_SECONDS", 0.1)


def _running(ledger: Ledger) -> tuple[str, Lease]:
    with get_client(sync_client=True) as client:
        run = str(client.create_flow_run(programme, state=Running()).id)
    platform = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(run, platform, run, "", "/shop", "compose", flow_run=run))
    return run, Lease.take(ledger, platform, run)


def _state(run: str) -> str:
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(UUID(run)).state
    assert state is not None
    return str(state.name)


def test_a_run_without_a_process_is_crashed_named_and_then_left_alone(ledger: Ledger) -> None:
    run, lease = _running(ledger)
    lease.release()

    assert any(run in named for named in sweep())
    assert _state(run) == "Crashed"
    assert not any(run in named for named in sweep())


def test_a_run_whose_owner_lives_is_left_alone(ledger: Ledger) -> None:
    run, lease = _running(ledger)

    assert not any(run in named for named in sweep())
    assert _state(run) == "Running"
    lease.release()
