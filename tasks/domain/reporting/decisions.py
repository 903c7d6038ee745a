"""What somebody has to decide after a run: questions that no program answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.findings import Severity
from tasks.domain.reporting.summary import fixes_by_finding, open_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.reporting.records import Record


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its text's key, how many things it is about, and where they are listed."""

    key: str
    count: int
    anchor: str


def questions(document: Record) -> tuple[Question, ...]:
    """List the questions that this bundle raises, the most urgent first."""
    return tuple(each for each in _raised(document) if each.count)


def _raised(document: Record) -> Iterator[Question]:
    closable = fixes_by_finding(document)
    grave = [f for f in open_findings(document) if Severity(f["severity"]).at_least(Severity.HIGH)]
    alone = sum(each["id"] not in closable for each in grave)
    yield Question("by_hand", alone, "wrong")
    yield Question("apply", len(document["proposed"]["order"]), "proposed")
    tried = document["candidates"]
    unproven = [
        each
        for each in tried
        if any(proof["state"] == "not assessed" for proof in each["proofs"].values())
    ]
    yield Question("prove", len(unproven), "unknown")
    yield Question("waived", sum(bool(f["waived"]) for f in document["findings"]), "findings")
    yield Question("unread", len(document["unread"]), "unknown")
