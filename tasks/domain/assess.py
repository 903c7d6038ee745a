"""Assess a platform: every check's judgement, with severity and controls, in one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.texts import check_texts
from tasks.domain.findings import Finding, finding_id
from tasks.domain.platform.model import EntryKind, NotAssessed
from tasks.domain.security.checks import CHECKS, COMPOSE, DOCKERFILE, KUBERNETES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.findings import Check, Hit
    from tasks.domain.platform.model import Platform


def assess(platform: Platform) -> tuple[Finding, ...]:
    """Find what is wrong: worst first, then by file, line and check.

    Two hits of one check at one place are one finding, the worse of them. What is
    missing is found at the service or container itself: of one that others complete,
    only what it writes down can be judged.
    """
    found: dict[str, Finding] = {}
    partial = {
        place
        for service in platform.services
        if service.partial
        for place in (service.place, *(each.place for each in service.containers))
    }
    for check in _fitting(platform):
        if platform.unseen & set(check.needs):
            continue
        for hit in check.judge(platform):
            if hit.place in partial:
                continue
            finding = finding_of(check.id, hit)
            known = found.get(finding.id)
            if known is None or finding.severity.rank < known.severity.rank:
                found[finding.id] = finding
    return tuple(sorted(found.values(), key=order))


def left_out(platform: Platform) -> Iterator[NotAssessed]:
    """Name the checks that would take for missing what a cluster did not show."""
    for check in _fitting(platform):
        if unseen := sorted(platform.unseen & set(check.needs)):
            yield NotAssessed(
                f"check {check.id}",
                f"what it looks for may be among objects that nobody saw: {', '.join(unseen)}",
                "Ask for the right to list them.",
            )


def _fitting(platform: Platform) -> Iterator[Check]:
    packaging = COMPOSE if platform.entry.kind is EntryKind.COMPOSE else KUBERNETES
    return (check for check in CHECKS if {packaging, DOCKERFILE} & set(check.kinds))


def order(finding: Finding) -> tuple[object, ...]:
    """Sort by severity, file, line and check; the rest only makes the order total."""
    place = finding.place
    first = (finding.severity.rank, place.file, place.line, finding.check)
    return (*first, place.column, finding.path, finding.subject)


def finding_of(check: str, hit: Hit) -> Finding:
    """Give a hit the severity, controls and concepts of its check."""
    text = check_texts()[check]
    return Finding(
        id=finding_id(check, hit),
        check=check,
        severity=hit.severity or text.severity,
        subject=hit.subject,
        place=hit.place,
        path=hit.path,
        facts=dict(hit.facts),
        controls=text.controls,
        theory=text.theory,
    )
