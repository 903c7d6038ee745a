"""How a platform came here: its open findings, programme by programme."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tasks.domain.findings import Severity
from tasks.domain.reporting.summary import by_severity, open_findings

if TYPE_CHECKING:
    from tasks.domain.reporting.records import Record

MOST = 12  # former programmes that are shown: a year of months, or a fortnight of nights
BAR_WIDTH = 320  # pixels of the longest bar
_FOREIGN = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class Former:
    """A finished programme of the same platform, by what its bundle says."""

    id: str
    batch: str
    begun: str  # ISO 8601, UTC
    version: str
    found: Mapping[str, int] = field(default_factory=dict)  # open findings by severity
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One programme in the picture: counts, and a bar whose pieces are severities."""

    batch: str
    begun: str
    found: Mapping[str, int]
    total: int
    change: int | None  # against the programme before; None for the first
    changes: int
    bars: tuple[tuple[str, float, float], ...]  # severity, where it begins, how wide it is
    current: bool = False


def former(document: Any, run: str) -> Former | None:
    """Read what a former bundle says; None when it is of another run, or of a form unknown."""
    try:
        programme = document["programme"]
        if programme["id"] != run:
            return None
        return Former(
            id=run,
            batch=str(programme["batch"]),
            begun=str(programme.get("begun") or ""),
            version=str(document["version"]),
            found=by_severity(open_findings(document)),
            changes=len(document["candidates"]),
        )
    except _FOREIGN:
        return None


def trend(document: Record) -> tuple[Step, ...]:
    """Give the former programmes and this one, oldest first; nothing where this is the first."""
    programme = document["programme"]
    listed = list(programme.get("former") or ())
    if not listed:
        return ()
    found = by_severity(open_findings(document))
    now = {**programme, "found": found, "changes": len(document["candidates"])}
    rows = [*listed, now]
    longest = max(*(sum(each["found"].values()) for each in rows), 1)
    steps: list[Step] = []
    for each in rows:
        total = sum(each["found"].values())
        steps.append(
            Step(
                batch=each["batch"] if each["batch"] != each["id"] else "",
                begun=each.get("begun") or "",
                found=each["found"],
                total=total,
                change=total - steps[-1].total if steps else None,
                changes=each["changes"],
                bars=_bars(each["found"], longest),
                current=each is now,
            )
        )
    return tuple(steps)


def _bars(found: Mapping[str, int], longest: int) -> tuple[tuple[str, float, float], ...]:
    bars: list[tuple[str, float, float]] = []
    begin = 0.0
    for severity in Severity:
        if count := found.get(severity.value, 0):
            width = round(BAR_WIDTH * count / longest, 1)
            bars.append((severity.value, round(begin, 1), width))
            begin += width
    return tuple(bars)
