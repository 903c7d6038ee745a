"""Letting a suspended run go on: the form is filled in with the ledger's answer."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from deployments.cli import nudging
from deployments.cli.submitting import ServerGoneError
from tasks.domain.interruptions import Answer, Choice, Decision, Strategy
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from pathlib import Path

KIM = Answer(Choice.RESUME, "kim", "worth it", (Strategy.TRAIN,))
ASKED = Decision("run", "gate-1", {"strategies": ["assess", "train"]}, "2026-11-27")


def _record(flow_run: str) -> RunRecord:
    return RunRecord("run", "platform", "night", "", "/shop", "entry", flow_run=flow_run)


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger(ledger_url)


def _suspended() -> str:
    from prefect import (  # noqa: PLC0415  # only with Prefect at hand
        State,
        flow,
        get_client,
    )
    from prefect.states import Suspended  # noqa: PLC0415

    @flow(name="waiting")
    def waiting() -> None: ...

    with get_client(sync_client=True) as client:
        deployment = client.create_deployment(client.create_flow(waiting), uuid.uuid4().hex)
        made = client.create_flow_run_from_deployment(deployment)
        state: State[Any] = Suspended(timeout_seconds=None, pause_key="gate-1-1")
        client.set_flow_run_state(made.id, state, force=True)
    return str(made.id)


def test_a_suspended_run_goes_on(prefect: Path, ledger: Ledger) -> None:
    from prefect import get_client  # noqa: PLC0415  # only with Prefect at hand

    run = _suspended()

    assert nudging.nudge(ledger, _record(run), KIM, ASKED)

    with get_client(sync_client=True) as client:
        state = client.read_flow_run(uuid.UUID(run)).state
    assert state is not None
    assert state.is_scheduled()


def test_a_run_in_the_foreground_has_nobody_to_let_on(prefect: Path, ledger: Ledger) -> None:
    assert not nudging.nudge(ledger, _record(""), KIM, ASKED)
    assert not nudging.nudge(ledger, _record(str(uuid.uuid4())), KIM, ASKED)


def test_without_a_server_the_answer_stays_in_the_ledger(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(retries: int) -> Any:
        what = "gone"
        raise ServerGoneError(what)

    monkeypatch.setattr(nudging, "talking", gone)

    assert not nudging.nudge(ledger, _record(str(uuid.uuid4())), KIM, ASKED)
