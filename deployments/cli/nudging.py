"""Letting a suspended run go on after its question was answered in the ledger."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import UUID

from prefect.exceptions import ObjectNotFound

from deployments.cli.submitting import ServerGoneError, talking
from tasks.domain.interruptions import Strategy
from tasks.forms import filled

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

    from tasks.domain.interruptions import Answer, Decision
    from tasks.tools.ledger.database import Ledger
    from tasks.tools.ledger.runs import RunRecord

# A run that has just asked is suspended a moment later.
_PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 0.3


def nudge(ledger: Ledger, record: RunRecord, answer: Answer, asked: Decision) -> bool:
    """Let the flow run of ``record`` go on; False when none is suspended.

    The answer is in the ledger already: should the server be gone, `cmi resume` goes on.
    """
    if not record.flow_run:
        return False
    offers = tuple(Strategy(each) for each in asked.question["strategies"])
    try:
        with talking(retries=1) as client:
            if not _suspended(client, UUID(record.flow_run)):
                return False
            told = client.resume_flow_run(UUID(record.flow_run), filled(answer, offers))
            return told.status.value == "ACCEPT"
    except ServerGoneError:
        return False


def _suspended(client: SyncPrefectClient, flow_run: UUID) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            found = client.read_flow_run(flow_run)
        except ObjectNotFound:
            return False
        if found.state is not None and found.state.is_paused():
            return True
        working = found.state is not None and found.state.is_running()
        if found.deployment_id is None or not working or time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
