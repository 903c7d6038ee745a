"""Entries side by side: which are variants of each other, and in what they differ."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deployments.cli.findings import clean
from deployments.cli.layout import pad, wide, wrap
from tasks.domain.assess import assess
from tasks.domain.comparison import Assessed, compare, row_json
from tasks.domain.findings import Severity
from tasks.domain.platform.intake import missed
from tasks.domain.reporting import records
from tasks.domain.reporting.described import candidate_texts, finding_texts
from tasks.domain.version import VERSION
from tasks.domain.waivers import apply_waivers
from tasks.tools.platforms import intake_all
from tasks.tools.proposals import propose_everywhere

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deployments.cli.findings import Voice
    from tasks.domain.comparison import Row
    from tasks.domain.exits import Exit
    from tasks.domain.platform.intake import Intake
    from tasks.domain.platform.sources import Source
    from tasks.domain.settings import Settings


def assessed(source: Source, settings: Settings) -> tuple[Intake, list[Assessed]]:
    """Read and assess every entry that stands alone."""
    seen, entries = intake_all(source, settings.profiles)
    today = dt.datetime.now(dt.UTC).date()
    return seen, [_assessed(each, seen, settings, today) for each in entries]


def _assessed(each: Assessed, seen: Intake, settings: Settings, today: dt.date) -> Assessed:
    found = apply_waivers(assess(each.platform), settings.waivers, today).findings
    proposed = propose_everywhere(each.platform, found, seen.source)
    missing = (*each.not_assessed, *proposed.not_assessed)
    return replace(each, findings=found, candidates=proposed.candidates, not_assessed=missing)


def document(
    seen: Intake, entries: Sequence[Assessed], ending: tuple[Exit, tuple[str, ...]]
) -> records.Record:
    """Give what `cmi check --all-entries --json` prints: the table, then each entry whole."""
    return {
        "version": VERSION,
        "source": seen.source.name,
        "comparison": [row_json(each) for each in compare(entries)],
        "entries": [_entry(each) for each in entries],
        "unread": [records.unread(each) for each in missed(seen)],
        "not_assessed": [records.not_assessed(each) for each in seen.not_assessed],
        "exit": {"code": int(ending[0]), "reasons": list(ending[1])},
    }


def _entry(each: Assessed) -> dict[str, Any]:
    found = [f for f in each.findings or () if not f.waived]
    return {
        "entry": each.entry.id,
        "findings": [records.finding(f, finding_texts(f)) for f in found],
        "candidates": [records.candidate(c, candidate_texts(c)) for c in each.candidates],
        "unread": [records.unread(u) for u in each.unread],
        "not_assessed": [records.not_assessed(n) for n in each.not_assessed],
    }


def table(entries: Sequence[Assessed], voice: Voice) -> Iterator[str]:
    """Write the comparison for people: names last, so that long ones harm nothing."""
    rows = compare(entries)
    if not rows:
        return
    told = any(row.findings for row in rows)
    heads = voice.say("columns.assessed" if told else "columns.read").split("|")
    lines = [heads, *(_cells(n, row, told=told) for n, row in enumerate(rows, start=1))]
    widths = [max(wide(line[column]) for line in lines) for column in range(len(heads) - 1)]
    for line in lines:
        cells = [" " * (w - wide(cell)) + cell for cell, w in zip(line, widths, strict=False)]
        yield "  ".join([*cells, clean(line[-1])])
    yield ""
    yield from _explained(rows, voice)


def _cells(number: int, row: Row, *, told: bool) -> list[str]:
    figures: tuple[int, ...] = (row.services, row.containers, row.images, row.edges)
    if told:
        figures = (row.services, *(row.findings[each] for each in Severity), row.changes)
    rest = (row.unread + row.not_assessed,)
    name = f"{row.entry.id} ({row.entry.kind})"
    return [str(number), *(str(each) for each in (*figures, *rest)), name]


def _explained(rows: Sequence[Row], voice: Voice) -> Iterator[str]:
    """Say which is the default and why, and which are variants, by which measure."""
    numbers = {row.entry.id: number for number, row in enumerate(rows, start=1)}
    for row in rows:
        if row.entry.default:
            text = voice.say(
                "default", number=numbers[row.entry.id], why=voice.reword(row.entry.why)
            )
            yield from wrap(clean(text), voice.width, rest="  ")
    alike = [row for row in rows if row.likeness]
    if alike:
        yield from wrap(voice.say("measure"), voice.width, rest="  ")
    margin = len(str(len(rows))) + 1
    for row in alike:
        first = pad(f"  {numbers[row.entry.id]}:", margin + 3)
        text = _alike(row, numbers, voice)
        yield from wrap(text, voice.width, first=first, rest=" " * wide(first))


def _alike(row: Row, numbers: dict[str, int], voice: Voice) -> str:
    like = row.likeness
    if like is None:
        return ""
    other = numbers.get(like.other, like.other)
    text = voice.say("alike", other=other, shared=like.shared, smaller=like.smaller)
    if row.findings:
        text += voice.say("differs", here=row.only_here, there=row.only_there)
    return text
