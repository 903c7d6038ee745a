"""Findings of one kind together: the same check, severity and shape of message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.texts import check_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.domain.findings import Finding, Severity

_CASE = "case"  # the fact that picks a message's shape


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that one sentence and a list of places say as well as many sentences."""

    check: str
    severity: Severity
    findings: tuple[Finding, ...]

    def title(self, language: str) -> str:
        """Say what they have in common: the whole message of a single one, else the title."""
        text = check_texts()[self.check]
        if len(self.findings) == 1:
            only = self.findings[0]
            return text.message(language, only.subject, only.facts)
        return text.words[language].title

    def differing(self, finding: Finding) -> tuple[str, ...]:
        """Give the facts in which ``finding`` differs from others of the group."""
        first = self.findings[0].facts
        return tuple(
            value
            for name, value in finding.facts.items()
            if name != _CASE and any(f.facts.get(name) != first.get(name) for f in self.findings)
        )


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Group findings: worst first, then the most frequent; each finding is in one group."""
    found: dict[tuple[int, str, str], list[Finding]] = {}
    for each in findings:
        key = (each.severity.rank, each.check, each.facts.get(_CASE, ""))
        found.setdefault(key, []).append(each)
    order = sorted(found, key=lambda key: (key[0], -len(found[key]), key[1:]))
    return tuple(Group(key[1], found[key][0].severity, tuple(found[key])) for key in order)
