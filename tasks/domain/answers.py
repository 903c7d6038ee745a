"""Answers: what a reading of a source comes to, without the files and without the model.

That is all a command needs to tell, compare and gate; and it can be kept, because it holds
neither the text of a file nor a value that could be a secret.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from knowledge.texts import check_texts
from tasks.domain.assess import assess, left_out
from tasks.domain.candidates import Candidate
from tasks.domain.exits import Exit
from tasks.domain.findings import Finding, Severity
from tasks.domain.platform.intake import exit_of, missed
from tasks.domain.platform.model import Entry, EntryKind, NotAssessed, Unread
from tasks.domain.platform.nodes import Place
from tasks.domain.propose import Proposed
from tasks.domain.reporting.records import change_digest
from tasks.domain.streaming import Rows

if TYPE_CHECKING:
    from tasks.domain.platform.intake import Intake
    from tasks.domain.reporting.records import Record


@dataclass(frozen=True, slots=True)
class Answer:
    """The findings of an entry, and what is to be said about the reading."""

    entry: Entry | None = None
    services: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    code: Exit = Exit.DONE
    reasons: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Tell whether there is a platform."""
        return self.entry is not None


def answered(seen: Intake) -> Answer:
    """Assess what was read."""
    code, reasons = exit_of(seen)
    platform = seen.platform
    return Answer(
        entry=seen.entry if platform else None,
        services=tuple(service.name for service in platform.services) if platform else (),
        files=platform.files if platform else (),
        findings=assess(platform) if platform else (),
        unread=missed(seen),
        not_assessed=(*seen.not_assessed, *(left_out(platform) if platform else ())),
        code=code,
        reasons=reasons,
    )


def to_record(answer: Answer) -> Record:
    """Give what JSON knows; what stands in the texts of a check is not repeated."""
    entry = answer.entry
    return {
        "entry": entry and [entry.id, entry.kind.value, entry.paths, entry.default, entry.why],
        "services": answer.services,
        "files": answer.files,
        "findings": Rows(answer.findings, _finding_row),
        "unread": [[each.file, each.line, each.reason] for each in answer.unread],
        "not_assessed": _missing_rows(answer.not_assessed),
        "code": int(answer.code),
        "reasons": answer.reasons,
    }


def from_record(record: Record) -> Answer:
    """Give the answer back that `to_record` wrote.

    Raises:
        ValueError, KeyError, TypeError: It is of another form.
    """
    entry = record["entry"]
    return Answer(
        entry=entry and Entry(entry[0], EntryKind(entry[1]), tuple(entry[2]), *entry[3:]),
        services=tuple(record["services"]),
        files=tuple(record["files"]),
        findings=tuple(_finding(row) for row in record["findings"]),
        unread=tuple(Unread(*row) for row in record["unread"]),
        not_assessed=tuple(NotAssessed(*row) for row in record["not_assessed"]),
        code=Exit(record["code"]),
        reasons=tuple(record["reasons"]),
    )


def to_proposals(proposed: Proposed) -> Record:
    """Give candidates as JSON knows them: their patches, not the edits behind them.

    A recipe is left out as well, for its edits stand at the line of a secret; its digest stays.
    """
    return {
        "candidates": Rows(proposed.candidates, _candidate_row),
        "not_assessed": _missing_rows(proposed.not_assessed),
    }


def _candidate_row(item: Candidate) -> list[Any]:
    return [
        [item.id, item.kind, item.closes, item.subject],
        [item.patch, item.measure, dict(item.facts), item.reason],
        change_digest(item) if item.recipe else "",
    ]


def from_proposals(record: Record) -> Proposed:
    """Give candidates back; raises as `from_record`."""
    found = [
        replace(
            Candidate(name, kind, tuple(closes), subject, ()),
            patch=patch,
            measure=measure,
            facts=facts,
            reason=reason,
            recipe_digest=recipe,
        )
        for (name, kind, closes, subject), (patch, measure, facts, reason), recipe in record[
            "candidates"
        ]
    ]
    missing = tuple(NotAssessed(*row) for row in record["not_assessed"])
    return Proposed(tuple(found), missing)


def _finding_row(item: Finding) -> list[Any]:
    place = [item.place.file, item.place.line, item.place.column]
    says = [item.check, item.severity.value, item.subject]
    return [item.id, *says, *place, item.path, dict(item.facts)]


def _finding(row: list[Any]) -> Finding:
    name, check, severity, subject, file, line, column, path, facts = row
    text = check_texts()[check]
    return Finding(
        id=name,
        check=check,
        severity=Severity(severity),
        subject=subject,
        place=Place(file, line, column),
        path=path,
        facts=facts,
        controls=text.controls,
        theory=text.theory,
    )


def _missing_rows(items: tuple[NotAssessed, ...]) -> Rows:
    return Rows(items, lambda each: [each.what, each.reason, each.remedy, each.input])
