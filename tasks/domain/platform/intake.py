"""Intake: what a source defines, how much of it, and the platform of the entry chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tasks.domain.comparison import row_json
from tasks.domain.exits import Exit, worst
from tasks.domain.platform.survey import TEMPLATE
from tasks.domain.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.domain.comparison import Row
    from tasks.domain.platform.counts import Counts
    from tasks.domain.platform.entries import Likeness
    from tasks.domain.platform.model import (
        Entry,
        NotAssessed,
        Platform,
        Unread,
    )
    from tasks.domain.platform.sources import Source


@dataclass(frozen=True, slots=True)
class EntrySummary:
    """An entry with what is written in it, and what became of it when it was read."""

    entry: Entry
    counts: Counts
    resolved: Mapping[str, Any] = field(default_factory=dict)  # figures, or {"error": why not}
    likeness: Likeness | None = None  # to the entry that defines the same services, and comes first

    @property
    def variant_of(self) -> str:
        """Name the entry that this one is a variant of."""
        return self.likeness.other if self.likeness else ""


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything that the first look at a source gave."""

    source: Source
    written: Counts
    entries: tuple[EntrySummary, ...] = ()
    entry: Entry | None = None
    platform: Platform | None = None
    unread: tuple[Unread, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()


def exit_of(intake: Intake) -> tuple[Exit, tuple[str, ...]]:
    """Say with which code a command over this intake ends, and why.

    Nothing found is worse than something unread. A chart's template counts as
    read when its chart is an entry: rendering it is how it is read.
    """
    codes: list[Exit] = []
    reasons: list[str] = []
    if intake.platform is None:
        codes.append(Exit.NO_PLATFORM)
        reasons.append(f"no platform definition in {intake.source.name}")
    for each in missed(intake):
        codes.append(Exit.INPUT_UNREAD)
        reasons.append(f"{each.file}:{each.line}: {each.reason}")
    for missing in intake.not_assessed:
        if missing.input:
            codes.append(Exit.INPUT_UNREAD)
            reasons.append(f"{missing.what}: {missing.reason}")
    return worst(*codes), tuple(reasons)


def missed(intake: Intake) -> tuple[Unread, ...]:
    """List what was not read in any way: templates of a chart that is an entry are left out."""
    return tuple(each for each in intake.unread if not _rendered_elsewhere(each, intake))


def _rendered_elsewhere(unread: Unread, intake: Intake) -> bool:
    charts = (e.entry.paths[0] for e in intake.entries if e.entry.kind == "helm")
    return unread.reason.startswith(TEMPLATE) and any(
        chart == "." or unread.file.startswith(f"{chart}/") for chart in charts
    )


def to_json(intake: Intake, comparison: Sequence[Row] = ()) -> dict[str, Any]:
    """Give the document that ``cmi intake --json`` prints."""
    code, reasons = exit_of(intake)
    platform = intake.platform
    return {
        "version": VERSION,
        "source": intake.source.name,
        "written": intake.written,
        "entries": [_summary(each) for each in intake.entries],
        "entry": intake.entry.id if intake.entry else None,
        "platform": {
            "services": platform.services if platform else (),
            "endpoints": platform.endpoints if platform else (),
            "edges": platform.edges if platform else (),
        },
        "unread": intake.unread,
        "not_assessed": intake.not_assessed,
        **({"comparison": [row_json(each) for each in comparison]} if comparison else {}),
        "exit": {"code": int(code), "reasons": reasons},
    }


def _summary(summary: EntrySummary) -> dict[str, Any]:
    entry = summary.entry
    return {
        "id": entry.id,
        "kind": entry.kind,
        "paths": entry.paths,
        "default": entry.default,
        "why": entry.why,
        "variant_of": summary.variant_of or None,
        "shared": summary.likeness.shared if summary.likeness else 0,
        "smaller": summary.likeness.smaller if summary.likeness else 0,
        "counts": summary.counts,
        "resolved": summary.resolved,
    }
