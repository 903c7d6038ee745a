"""What people see in Prefect: progress, summary and the table of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from tasks import outcomes
from tasks.domain.outcomes import Hardened, Secured
from tasks.domain.reporting.artifacts import (
    Results,
    findings_line,
    findings_rows,
    headline,
    progress_line,
    summary,
)
from tasks.domain.settling import CellState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any
    from uuid import UUID

    from tasks.domain.findings import Finding
    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.runs import Job
    from tasks.domain.settling import Settled

_WHOLE = 100.0
_FINDS = "build/security"
_CHANGES = "optimise/harden"


class Board:
    """What is shown while the cells settle: the share that has, and findings once there are any.

    The run itself shows them, not its cells: a cell that finished before is passed by, and
    Prefect lists an artifact only on the page of the very run that made it.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        said = progress_line(None, language)
        self._bar = cast("UUID", create_progress_artifact(0.0, key="progress", description=said))

    def tell(self, settled: Settled, share: float) -> None:
        """Show that ``settled`` is the newest of them, and which ``share`` there is by now."""
        update_progress_artifact(
            self._bar,
            round(share * _WHOLE, 1),
            description=progress_line(settled, self._language),
        )
        if settled.cell == _FINDS and settled.state is CellState.DONE:
            publish_findings(outcomes.fetch(settled.outcome).findings, self._language)


def publish_findings(findings: Sequence[Finding], language: str) -> None:
    """Show the findings in Prefect, worst first, and how many there are of each severity."""
    rows = cast("list[dict[str, Any]]", findings_rows(findings, language))
    create_table_artifact(rows, key="findings", description=findings_line(findings, language))


def results(job: Job, cells: tuple[Settled, ...], outcome: Mapping[str, Any]) -> Results:
    """Gather what a run has to show from what its cells handed over."""
    done = {each.cell: each.outcome for each in cells if each.state is CellState.DONE}
    findings = outcomes.given(done, _FINDS, Secured).findings if _FINDS in done else None
    harden = outcomes.given(done, _CHANGES, Hardened) if _CHANGES in done else None
    return Results(
        job.name,
        cells,
        outcome["bundle"],
        outcome["digest"],
        findings,
        len(harden.candidates) if harden else None,
    )


def publish_summary(found: Results, language: str) -> None:
    """Show the summary in Prefect."""
    create_markdown_artifact(
        summary(found, language), key="summary", description=headline(found, language)
    )


def publish_documents(documents: Sequence[Deliverable], language: str) -> None:
    """Show what a phase alone has written; the programme's documents are in its bundle."""
    for each in documents:
        create_markdown_artifact(each.texts[language], key=each.id)
