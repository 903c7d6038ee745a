"""Attempts: how often the automation has resumed a run, and when that is enough.

An automation cannot count, and a run that crashes again and again has a cause that
repeating will not cure. What a person does by hand begins the count anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from prefect import get_client, runtime

from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prefect import State

MOST = 5
# The message with which `deployments/automations.yaml` schedules a run again.
RESUMED = "resumed by the automation"
_RETRIED = "AwaitingRetry"


class TooManyAttemptsError(PermanentToolError):
    """The automation resumed this run often enough; the run ends as Failed, which it leaves."""


def by_the_automation(states: Iterable[State]) -> int:
    """Count how often the automation resumed a run since somebody last did it by hand.

    ``states`` are all that the run went through, in any order.
    """
    count = 0
    for state in sorted(states, key=lambda each: each.timestamp):
        if state.name == _RETRIED:
            count = count + 1 if state.message == RESUMED else 0
    return count


def limit() -> None:
    """Let the present run begin, unless the automation has resumed it too often.

    Raises:
        TooManyAttemptsError: it has.
    """
    if not runtime.flow_run.id or (runtime.flow_run.run_count or 0) <= MOST:
        return
    count = _counted(UUID(str(runtime.flow_run.id)))
    if count > MOST:
        what = f"The automation has resumed this run {count} times, and it crashed each time."
        raise TooManyAttemptsError(what, "Look at its logs, then retry it by hand.")


def _counted(flow_run: UUID) -> int:
    with get_client(sync_client=True) as client:
        return by_the_automation(client.read_flow_run_states(flow_run))
