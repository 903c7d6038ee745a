"""Waivers: findings that an owner accepts for a reason, until a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.findings import Finding
    from tasks.domain.platform.nodes import Place

WARN_BEFORE = dt.timedelta(days=14)  # as long as a working plan of two weeks


@dataclass(frozen=True, slots=True)
class Waiver:
    """An accepted finding. ``place`` is a glob over file, subject or document path.

    It holds through the day ``expires``; ``at`` is where it is written.
    """

    check: str
    place: str
    owner: str
    reason: str
    expires: dt.date
    at: Place

    def covers(self, finding: Finding) -> bool:
        """Tell whether this waiver speaks of ``finding``."""
        places = (finding.place.file, finding.subject, finding.path)
        return finding.check == self.check and any(fnmatchcase(p, self.place) for p in places)


@dataclass(frozen=True, slots=True)
class Waived:
    """Findings after the waivers, and what is to be said about the waivers themselves."""

    findings: tuple[Finding, ...]
    lapsed: tuple[Waiver, ...] = ()  # out of date: not applied
    unmatched: tuple[Waiver, ...] = ()  # no finding here
    lapsing: tuple[Waiver, ...] = ()  # applied, for a few days more


def apply_waivers(
    findings: Sequence[Finding],
    waivers: Iterable[Waiver],
    today: dt.date,
    warn_before: dt.timedelta = WARN_BEFORE,
) -> Waived:
    """Mark the findings that a waiver covers. A lapsed waiver covers nothing.

    One that lapsed and has nothing left to cover is only said to match nothing: the way
    out is to remove it, not to ask its owner.
    """
    waivers = tuple(waivers)
    holding = [waiver for waiver in waivers if today <= waiver.expires]
    marked = tuple(_marked(finding, holding) for finding in findings)
    used = {waiver for waiver in waivers if any(waiver.covers(each) for each in findings)}
    return Waived(
        marked,
        lapsed=tuple(w for w in waivers if w in used and today > w.expires),
        unmatched=tuple(w for w in waivers if w not in used),
        lapsing=tuple(w for w in holding if w in used and w.expires - today <= warn_before),
    )


def _marked(finding: Finding, waivers: Iterable[Waiver]) -> Finding:
    for waiver in waivers:
        if waiver.covers(finding):
            return replace(finding, waived=f"{waiver.reason} ({waiver.owner}, {waiver.expires})")
    return finding
