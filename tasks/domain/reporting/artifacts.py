"""What people read in Prefect's pages: the summary of a run, its findings, its progress."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.findings import Severity
from tasks.domain.reporting.described import finding_texts
from tasks.domain.reporting.markdown import code, document, escape, sentence, table
from tasks.domain.reporting.texts import wording
from tasks.domain.sentences import in_language
from tasks.domain.settling import CellState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.findings import Finding
    from tasks.domain.reporting.texts import Wording
    from tasks.domain.settling import Settled

# More rows help nobody in a browser; the bundle has them all.
MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Results:
    """What a run has to show. ``findings`` is None when nobody looked, or that failed."""

    name: str  # of the definition that was worked on
    cells: tuple[Settled, ...]
    bundle: str = ""
    digest: str = ""
    findings: tuple[Finding, ...] | None = None
    changes: int | None = None  # how many are proposed; None: nobody looked


def summary(results: Results, language: str) -> str:
    """Write the summary of a run."""
    say = wording(language, "artifacts")
    return document(
        escape(say("title", name=results.name)),
        escape(_join(say, _found(results.findings, say), _changes(results.changes, say))),
        _where(results, say),
        _cells(results.cells, say),
    )


def headline(results: Results, language: str) -> str:
    """Say in one line how a run came out: plain text, for lists of artifacts."""
    say = wording(language, "artifacts")
    return _join(say, _found(results.findings, say), _done(results.cells, say))


def findings_rows(findings: Sequence[Finding], language: str) -> list[dict[str, str]]:
    """Make the rows of the table of findings, worst first as they come."""
    say, words = wording(language, "artifacts"), wording(language)
    rows = []
    for each in findings[:MOST_ROWS]:
        severity = words(f"severity.{each.severity}")
        rows.append(
            {
                say("columns.severity"): say("waived_mark", severity=severity)
                if each.waived
                else severity,
                say("columns.title"): finding_texts(each)[language].title,
                say("columns.subject"): each.subject,
                say("columns.place"): f"{each.place.file}:{each.place.line}",
                say("columns.id"): each.id,
            }
        )
    return rows


def findings_line(findings: Sequence[Finding], language: str) -> str:
    """Say how many findings there are of each severity."""
    say = wording(language, "artifacts")
    cut = say("cut", n=MOST_ROWS) if len(findings) > MOST_ROWS else ""
    return _join(say, _found(findings, say), cut)


def progress_line(settled: Settled | None, language: str) -> str:
    """Say which cell settled last, and how."""
    say, words = wording(language, "artifacts"), wording(language)
    if settled is None:
        return say("progress.begun")
    return say("progress.settled", cell=settled.cell, state=words(f"state.{settled.state}"))


def _join(say: Wording, *sentences: str) -> str:
    return say("gap").join(each for each in sentences if each)


def _found(findings: Sequence[Finding] | None, say: Wording) -> str:
    if findings is None:
        return say("not_looked")
    if not findings:
        return say("found_none")
    words = wording(say.language)
    counted = Counter(each.severity for each in findings)
    severities = say("between").join(
        say("severity_count", n=counted[each], severity=words(f"severity.{each}"))
        for each in Severity
        if counted[each]
    )
    waived = sum(bool(each.waived) for each in findings)
    return _join(
        say,
        say("found", len(findings), severities=severities),
        say("waived", waived) if waived else "",
    )


def _changes(changes: int | None, say: Wording) -> str:
    return "" if changes is None else say("changes", changes)


def _done(cells: Sequence[Settled], say: Wording) -> str:
    return say("cells", n=len(cells), done=sum(each.state is CellState.DONE for each in cells))


def _where(results: Results, say: Wording) -> str:
    if not results.bundle:
        return say("no_bundle")
    return _join(
        say,
        say("bundle", folder=code(results.bundle)),
        say("digest", digest=code(results.digest)),
        sentence(say("apply")),
    )


def _cells(cells: Sequence[Settled], say: Wording) -> str:
    words = wording(say.language)
    rows = [
        (code(each.cell), words(f"state.{each.state}"), _reason(each.reason, say.language))
        for each in cells
        if each.state is not CellState.NOT_BUILT
    ]
    headings = [say(f"table.{each}") for each in ("cell", "state", "reason")]
    missing = [code(each.cell) for each in cells if each.state is CellState.NOT_BUILT]
    listed = say("not_built", cells=say("between").join(missing)) if missing else ""
    return f"{_done(cells, say)}\n\n{table(headings, rows)}\n{listed}"


def _reason(reason: str, language: str) -> str:
    """Show the first line; the log has the rest."""
    return sentence(in_language(reason.splitlines()[0], language)) if reason else ""
