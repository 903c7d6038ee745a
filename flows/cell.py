"""One cell as a run of its own, for workers on any machine that shares results and ledger."""

from __future__ import annotations

from typing import Any

from prefect import flow

from flows.cells import work_off
from tasks import access
from tasks.domain.runs import Job


@flow(name="cell", flow_run_name="{cell}")
def cell(cell: str, job: dict[str, Any], given: dict[str, str], earlier: list[str]) -> None:
    """Work one cell off for the programme that sent it; only programmes start this.

    Every write to the ledger carries the programme's epoch: when another process took the
    platform over meanwhile, this one is refused at its next step.

    Args:
        cell: Which one.
        job: The run and its platform, as the programme was told.
        given: Outcomes of the cells that it stands on.
        earlier: Every cell that it stands on, the failed ones too.
    """
    access.find_ledger()
    work_off(cell, Job.of(job), given, earlier)
