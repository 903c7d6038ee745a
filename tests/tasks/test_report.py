from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID  # Prefect resolves the annotation of a flow at run time

from prefect import flow, get_client, runtime
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

from tasks import outcomes, report
from tasks.domain.outcomes import Hardened, Secured
from tasks.domain.runs import Job, Run
from tasks.domain.settling import CellState, Settled
from tests.bundles import CANDIDATES, FINDINGS

if TYPE_CHECKING:
    from pathlib import Path

    from prefect.client.schemas.objects import Artifact

FOUND = (replace(FINDINGS[0], check="privileged-container"),)
JOB = Job(Run("r", "p", 1, "b"), "/srv/shop", "compose.yaml", "c")


def artifacts(flow_run: UUID) -> dict[str, Artifact]:
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run]))
        )
    # Prefect keeps a run's own result as one without a key, if it persists results.
    return {each.key: each for each in found if each.key is not None}


def test_a_run_shows_progress_findings_and_summary_on_its_own_page(prefect: Path) -> None:
    cells = (
        Settled("build/security", CellState.DONE, outcomes.keep("build/security", Secured(FOUND))),
        Settled(
            "optimise/harden",
            CellState.DONE,
            outcomes.keep("optimise/harden", Hardened(CANDIDATES[:1])),
        ),
    )

    @flow
    def run() -> UUID:

        board = report.Board("en")
        board.tell(cells[0], 0.5)
        board.tell(cells[1], 1.0)
        found = report.results(JOB, cells, {"bundle": "/b/1", "digest": "abc"})
        report.publish_summary(found, "en")
        return UUID(str(runtime.flow_run.id))

    shown = artifacts(run())

    assert set(shown) == {"progress", "findings", "summary"}
    assert shown["progress"].data == 100.0
    assert shown["progress"].description == "optimise/harden: done"
    assert FOUND[0].id in str(shown["findings"].data)
    assert "1 change is proposed." in str(shown["summary"].data)
    assert all(each.description for each in shown.values())


def test_a_failed_search_shows_no_empty_table_of_findings(prefect: Path) -> None:
    cells = (Settled("build/security", CellState.FAILED, reason="disk full"),)

    found = report.results(JOB, cells, {"bundle": "", "digest": ""})

    assert found.findings is None
    assert found.changes is None
