"""Sending: a cell is worked off by a run of its own, wherever a worker takes it.

Its outcome comes back through the ledger and the stored results, as from a cell in this
process; Prefect only says when it ended.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from prefect import get_client
from prefect.deployments import run_deployment
from prefect.states import AwaitingRetry, Cancelling

from tasks import interruption
from tasks.domain.canonical import plain
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

    from tasks.domain.runs import Job, Run

DEPLOYMENT = "cell/local"
# A cell whose process dies more often has a cause that repeating will not cure.
MOST_CRASHES = 3
_LOOK_SECONDS = 1.0


class CellRunError(PermanentToolError):
    """The run of a cell ended without finishing it."""


def send(cell: str, job: Job, given: Mapping[str, str], earlier: Sequence[str]) -> None:
    """Let a worker work ``cell`` off, and wait; a crashed one is taken up again, a few times.

    Never by an idempotency key: it would hand back a failed run of an earlier attempt.

    Raises:
        CellRunError: it failed, or its process died too often.
        InterruptionError: somebody wants this run to stop; the cell's run is cancelled.
    """
    told = {"cell": cell, "job": plain(job), "given": dict(given), "earlier": list(earlier)}
    sent = cast(  # typed for async callers too
        "FlowRun", run_deployment(DEPLOYMENT, parameters=told, timeout=0, flow_run_name=cell)
    )
    with get_client(sync_client=True) as client:
        _wait(client, sent.id, cell, job.run)


def _wait(client: SyncPrefectClient, sent: UUID, cell: str, run: Run) -> None:
    crashes = 0
    while True:
        state = client.read_flow_run(sent).state
        if state is not None and state.is_completed():
            return
        if state is not None and state.is_final():
            interruption.stop_if_asked(run)  # a trigger ended it, as it ends cells everywhere
        if state is not None and state.is_crashed() and crashes < MOST_CRASHES:
            crashes += 1
            client.set_flow_run_state(sent, AwaitingRetry())
        elif state is not None and state.is_final():
            what = f"The run of {cell} ended as {state.name}: {state.message or 'without a word'}"
            raise CellRunError(what)
        if interruption.asked():
            client.set_flow_run_state(sent, Cancelling())
        interruption.stop_if_asked()
        time.sleep(_LOOK_SECONDS)
