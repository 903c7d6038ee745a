"""A cell is sent as a run of its own; however that run ends, the sender learns it."""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from prefect import flow, get_client
from prefect.states import Completed, Crashed, Failed, Running

from tasks import interruption, sending
from tasks.domain.runs import Run
from tasks.interruption import InterruptionError
from tasks.sending import CellRunError
from tasks.tools.ledger.database import URL_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prefect import State

pytestmark = pytest.mark.timeout(120)
RUN = Run("a-run", "a-platform", 1, "night")


@flow(name="cell")
def cell() -> None: ...


@pytest.fixture(autouse=True)
def _quickly(prefect: Path, ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    monkeypatch.setattr(sending, "_LOOK_SECONDS", 0.05)
    yield
    interruption.forget()


def _sent(state: State) -> UUID:
    with get_client(sync_client=True) as client:
        # Prefect takes a run up again only if it belongs to a deployment.
        deployment = client.create_deployment(client.create_flow(cell), uuid.uuid4().hex)
        return client.create_flow_run_from_deployment(deployment, state=state).id


def _wait(run: UUID) -> None:
    with get_client(sync_client=True) as client:
        sending._wait(client, run, "build/security", RUN)  # noqa: SLF001  # its wait is what is required


def _name(run: UUID) -> str:
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(run).state
    assert state is not None
    return str(state.name)


def test_a_completed_one_is_waited_for_and_no_longer() -> None:
    run = _sent(Completed())

    _wait(run)

    assert _name(run) == "Completed"


def test_a_failed_one_is_reported_with_its_reason() -> None:
    with pytest.raises(CellRunError, match=r"build/security ended as Failed: no room"):
        _wait(_sent(Failed(message="no room")))


def test_a_crashed_one_is_taken_up_a_few_times_and_then_given_up() -> None:
    run = _sent(Crashed(message="killed"))
    taken_up: list[str] = []
    over = threading.Event()

    def crash_again() -> None:
        """Be the process that dies each time it is started."""
        with get_client(sync_client=True) as client:
            while not over.is_set():
                state = client.read_flow_run(run).state
                if state is not None and state.name == "AwaitingRetry":
                    taken_up.append(state.name)
                    client.set_flow_run_state(run, Running(), force=True)
                    client.set_flow_run_state(run, Crashed(message="killed"), force=True)
                time.sleep(0.02)

    dying = threading.Thread(target=crash_again)
    dying.start()
    try:
        with pytest.raises(CellRunError, match=r"ended as Crashed: killed"):
            _wait(run)
    finally:
        over.set()
        dying.join()

    assert len(taken_up) == sending.MOST_CRASHES


def test_an_interrupted_sender_cancels_what_it_sent() -> None:
    run = _sent(Running())
    interruption.ask()

    with pytest.raises(InterruptionError):
        _wait(run)

    assert _name(run) == "Cancelling"
