"""Comparison: the entries of a source side by side, each beside the one that it is a variant of.

Findings of two entries are the same when check and subject are: subjects are named alike
in every packaging, places never are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tasks.domain.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.entries import Likeness
    from tasks.domain.platform.model import Entry, NotAssessed, Platform, Unread


@dataclass(frozen=True, slots=True)
class Assessed:
    """One entry as it was read; with its findings and changes when it was assessed, too."""

    platform: Platform
    likeness: Likeness | None = None
    unread: tuple[Unread, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    findings: tuple[Finding, ...] | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def entry(self) -> Entry:
        """Give the entry that was read."""
        return self.platform.entry


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison. ``only_here`` and ``only_there`` count findings."""

    entry: Entry
    services: int
    containers: int
    images: int
    edges: int
    unread: int
    not_assessed: int
    likeness: Likeness | None = None
    findings: Mapping[str, int] = field(default_factory=dict)  # by severity; empty: not assessed
    changes: int = 0
    only_here: int = 0
    only_there: int = 0


def compare(entries: Sequence[Assessed]) -> tuple[Row, ...]:
    """Put entries side by side, in the order in which they were given."""
    by_id = {each.entry.id: each for each in entries}
    return tuple(
        _row(each, by_id.get(each.likeness.other) if each.likeness else None) for each in entries
    )


def _row(each: Assessed, other: Assessed | None) -> Row:
    containers = [c for service in each.platform.services for c in service.containers]
    mine, theirs = _said(each), _said(other) if other else None
    return Row(
        entry=each.entry,
        services=len(each.platform.services),
        containers=len(containers),
        images=len({c.image.value for c in containers if c.image}),
        edges=len(each.platform.edges),
        unread=len(each.unread),
        not_assessed=len(each.not_assessed),
        likeness=each.likeness,
        findings=_by_severity(each),
        changes=len(each.candidates),
        only_here=0 if theirs is None else (mine - theirs).total(),
        only_there=0 if theirs is None else (theirs - mine).total(),
    )


def _said(each: Assessed) -> Counter[tuple[str, str]]:
    return Counter((f.check, f.subject) for f in each.findings or () if not f.waived)


def _by_severity(each: Assessed) -> dict[str, int]:
    if each.findings is None:
        return {}
    counted = Counter(f.severity for f in each.findings if not f.waived)
    return {severity.value: counted[severity] for severity in Severity}


def row_json(row: Row) -> dict[str, Any]:
    """Give a row as documents carry it."""
    like = row.likeness
    return {
        "entry": row.entry.id,
        "kind": row.entry.kind.value,
        "default": row.entry.default,
        "variant_of": like and like.other,
        "shared": like.shared if like else 0,
        "smaller": like.smaller if like else 0,
        "services": row.services,
        "containers": row.containers,
        "images": row.images,
        "edges": row.edges,
        "unread": row.unread,
        "not_assessed": row.not_assessed,
        "findings": dict(row.findings) or None,
        "changes": row.changes,
        "only_here": row.only_here,
        "only_there": row.only_there,
    }
