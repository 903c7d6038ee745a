"""What people see in Prefect: progress, summary and the table of findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from tasks.domain.reporting.markdown import code, document, escape, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from tasks.domain.findings import Finding
    from tasks.domain.settling import Settled

_WHOLE = 100.0
# More rows help nobody in a browser; the bundle has them all.
MOST_ROWS = 500


class Progress:
    """The share of cells that are settled, as a bar."""

    def __init__(self) -> None:
        self._bar = cast("UUID", create_progress_artifact(0.0, description="cells settled"))

    def tell(self, settled: Settled, share: float) -> None:
        """Move the bar: ``settled`` is the newest of them, ``share`` how many there are by now."""
        update_progress_artifact(
            self._bar, round(share * _WHOLE, 1), description=f"{settled.cell}: {settled.state}"
        )


def summarise(cells: Sequence[Settled], outcome: Mapping[str, Any]) -> str:
    """Write the summary of a run."""
    rows = [
        (code(each.cell), each.state.value, escape(each.reason.splitlines()[0]))
        if each.reason
        else (code(each.cell), each.state.value, "")
        for each in cells
    ]
    bundle = outcome["bundle"]
    where = f"The bundle is in {code(bundle)}." if bundle else "No bundle was written."
    digest = f"Digest {code(outcome['digest'])}." if outcome["digest"] else ""
    return document("Programme", where, digest, table(("cell", "state", "reason"), rows))


def publish_summary(cells: Sequence[Settled], outcome: Mapping[str, Any]) -> None:
    """Show the summary in Prefect."""
    create_markdown_artifact(summarise(cells, outcome), key="summary")


def publish_findings(findings: Sequence[Finding]) -> None:
    """Show the findings in Prefect, worst first, and how many there are of each severity."""
    counted = Counter(each.severity.value for each in findings)
    rows: list[dict[str, Any]] = [
        {
            "severity": each.severity.value,
            "check": each.check,
            "subject": each.subject,
            "place": f"{each.place.file}:{each.place.line}",
        }
        for each in findings[:MOST_ROWS]
    ]
    said = ", ".join(f"{number} {severity}" for severity, number in counted.items())
    create_table_artifact(rows, key="findings", description=said or "nothing found")
