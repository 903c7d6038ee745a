from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from prefect import flow, get_client
from prefect.flow_engine import run_flow
from prefect.states import AwaitingRetry, Crashed, Running

from tasks import attempts

if TYPE_CHECKING:
    from prefect import State

CHECKOUT = Path(__file__).resolve().parents[2]
BEGUN: list[int] = []


def _line(*messages: str | None) -> list[State]:
    """Give the states of a run that crashed and was taken up again, once a message."""
    states: list[State] = []
    for message in messages:
        states += [Running(), Crashed(), AwaitingRetry(message=message)]
    begin = datetime.now(UTC)
    return [
        state.model_copy(update={"timestamp": begin + timedelta(seconds=number)})
        for number, state in enumerate(states)
    ]


def test_only_the_automation_s_own_resumptions_count() -> None:
    assert attempts.by_the_automation(_line()) == 0
    assert attempts.by_the_automation(_line(attempts.RESUMED, attempts.RESUMED)) == 2
    assert attempts.by_the_automation(reversed(_line(attempts.RESUMED, attempts.RESUMED))) == 2


def test_what_is_done_by_hand_begins_the_count_anew() -> None:
    by_hand = None
    assert attempts.by_the_automation(_line(attempts.RESUMED, by_hand)) == 0
    assert attempts.by_the_automation(_line(attempts.RESUMED, by_hand, attempts.RESUMED)) == 1


def test_the_automation_says_what_is_counted() -> None:
    text = (CHECKOUT / "deployments/automations.yaml").read_text(encoding="utf-8")
    actions = [a for each in yaml.safe_load(text)["automations"] for a in each["actions"]]

    assert attempts.RESUMED in {action["message"] for action in actions}


@flow
def crashing() -> None:
    attempts.limit()
    BEGUN.append(1)
    msg = "again"
    raise ValueError(msg)


def _attempt(flow_run: Any, message: str | None) -> State:
    client = get_client(sync_client=True)
    with client:
        client.set_flow_run_state(flow_run, AwaitingRetry(message=message), force=True)
        found = client.read_flow_run(flow_run)
    state: Any = run_flow(crashing, flow_run=found, parameters={}, return_type="state")
    assert state is not None
    return state  # type: ignore[no-any-return]  # what run_flow gives depends on return_type


def test_a_run_is_resumed_up_to_the_limit_then_says_so_and_goes_on_by_hand(
    prefect: Path,
) -> None:
    BEGUN.clear()
    state: Any = crashing(return_state=True)
    flow_run = state.state_details.flow_run_id
    for _ in range(attempts.MOST):
        state = _attempt(flow_run, attempts.RESUMED)
    assert "again" in str(state.message)
    assert len(BEGUN) == attempts.MOST + 1

    state = _attempt(flow_run, attempts.RESUMED)

    assert state.is_failed()  # the automation takes up what is Crashed, nothing else
    assert "retry it by hand" in str(state.message)
    assert len(BEGUN) == attempts.MOST + 1
    assert "again" in str(_attempt(flow_run, None).message)
    assert len(BEGUN) == attempts.MOST + 2
