"""Timelines of starts: lines of text in a document, a picture in a report.

A document is Markdown and must be readable as text; the report's renderer makes the
picture from the same lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tasks.domain.verification.starts import phases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tasks.domain.verification.starts import Start

# Told apart by lightness as well as by hue; the words stand beside them.
COLOURS = {
    "create": "#8c8c8c",
    "gate": "#d9d9d9",
    "start": "#f0b429",
    "ready": "#2b6cb0",
    "health": "#b83280",
    "probes": "#276749",
}
_LINE = re.compile(r"(\S+)\s+(\w+)\s+(\d+\.\d+)\s+(\d+\.\d+)")
_LABEL, _WIDTH, _ROW, _TOP, _FOOT = 150, 620, 22, 28, 18
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of one row."""

    row: str
    phase: str
    begin: float
    end: float


def as_text(start: Start) -> str:
    """Write each service's phases, one a line: service, phase, begin, end in seconds."""
    known = {each.service: each for each in start.moments}
    found = [s for each in start.moments for s in phases(each, known)]
    width = max((len(each.service) for each in found), default=0)
    return "\n".join(
        f"{s.service:<{width}}  {s.phase:<6} {s.begin:8.2f} {s.end:8.2f}" for s in found
    )


def bars(text: str) -> tuple[Bar, ...]:
    """Read what `as_text` wrote; other lines are left out."""
    found = (_LINE.fullmatch(line.strip()) for line in text.splitlines())
    return tuple(Bar(m[1], m[2], float(m[3]), float(m[4])) for m in found if m)


def picture(text: str, named: Mapping[str, str] | None = None) -> str:
    """Draw the timeline, phases ``named`` for the reader; nothing when there is nothing to draw."""
    found = bars(text)
    last = max((each.end for each in found), default=0.0)
    if not found or last <= 0:
        return ""
    rows = list(dict.fromkeys(each.row for each in found))
    height = _TOP + _ROW * len(rows) + _FOOT
    width = _LABEL + _WIDTH + 20
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>',
        *_legend({each.phase for each in found}, named or {}),
        *(_label(name, number) for number, name in enumerate(rows)),
        *(_bar(each, rows.index(each.row), last) for each in found),
        *_scale(last, height),
        "</svg>",
    ]
    return "".join(parts)


def _legend(phases_shown: Iterable[str], named: Mapping[str, str]) -> list[str]:
    shown = [each for each in COLOURS if each in set(phases_shown)]
    wide = (_LABEL + _WIDTH) // len(shown)
    return [
        f'<rect x="{wide * n}" y="6" width="10" height="10" fill="{COLOURS[name]}"/>'
        f'<text x="{wide * n + 14}" y="15" font-size="11" fill="currentColor">'
        f"{escape(named.get(name, name))}</text>"
        for n, name in enumerate(shown)
    ]


def _label(name: str, number: int) -> str:
    y = _TOP + _ROW * number + 14
    shown = escape(name[:22])
    return f'<text x="0" y="{y}" font-size="12" fill="currentColor">{shown}</text>'


def _bar(bar: Bar, row: int, last: float) -> str:
    x, width = _LABEL + _WIDTH * bar.begin / last, _WIDTH * (bar.end - bar.begin) / last
    colour = COLOURS.get(bar.phase, "#8c8c8c")
    told = escape(f"{bar.row}: {bar.phase} {bar.end - bar.begin:.2f} s")
    return (
        f'<rect x="{x:.1f}" y="{_TOP + _ROW * row + 3}" width="{max(width, 1):.1f}" height="15"'
        f' fill="{colour}"><title>{told}</title></rect>'
    )


def _scale(last: float, height: int) -> list[str]:
    return [
        f'<text x="{_LABEL + _WIDTH * n / _TICKS:.0f}" y="{height - 4}" font-size="11"'
        f' text-anchor="middle" fill="currentColor">{last * n / _TICKS:.1f} s</text>'
        for n in range(_TICKS + 1)
    ]
