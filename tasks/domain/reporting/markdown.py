"""Markdown whose only markup is ours: names from the platform stay text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$@])")
# What begins a heading, an item, a quotation or a rule does so at the start only.
_STARTS = re.compile(r"^([#+\-=:]|\d{1,9}(?=[.)]))")
# Renderers in the manner of GitHub make links of bare addresses.
_ADDRESS = re.compile(r"(:(?=//)|(?<=www)\.)", re.IGNORECASE)
# Letters that renderers or terminals act upon: controls, and marks that reverse the reading order.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_BACKTICKS = re.compile("`+")


def escape(text: str) -> str:
    """Make ``text`` appear as it is: no markup, no link, no row or line of its own."""
    quiet = _ADDRESS.sub(r"\\\1", _SPECIAL.sub(r"\\\1", one_line(text)))
    return _STARTS.sub(_quietly, quiet)


def sentence(text: str) -> str:
    """Show a sentence of ours that may hold names; what stands between backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(
        code(part) if number % 2 else _within(part, first=number == 0)
        for number, part in enumerate(parts)
    )


def _within(text: str, *, first: bool) -> str:
    """Escape a part of a line and keep the blanks at its ends."""
    inner = escape(text) if first else escape(f"x{text}")[1:]
    before = " " if text[:1].isspace() and not inner[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{inner}{after}"


def _quietly(start: re.Match[str]) -> str:
    """A backslash before a sign; before a number it would be text, so it goes behind."""
    return f"{start[0]}\\" if start[0].isdigit() else f"\\{start[0]}"


def one_line(text: str) -> str:
    """Join lines, and drop what is invisible but acts."""
    return _INVISIBLE.sub(" ", text).strip()


def code(text: str) -> str:
    """Show ``text`` as code, with a fence longer than any inside it; safe in table cells."""
    inner = one_line(text).replace("|", "\\|")
    if not inner:
        return ""
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(inner)), default=0) + 1)
    pad = " " if inner.startswith("`") or inner.endswith("`") else ""
    return f"{fence}{pad}{inner}{pad}{fence}"


def block(text: str, language: str = "") -> str:
    """Show several lines as code."""
    fence = "`" * max(3, max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Make a table. Cells are Markdown already: pass names through `escape` or `code`.

    Raises:
        ValueError: A row has another number of cells, or a cell would break the row.
    """
    lines = [_row(headings, len(headings)), _row(["---"] * len(headings), len(headings))]
    lines.extend(_row(row, len(headings)) for row in rows)
    return "\n".join(lines) + "\n"


def bullets(items: Iterable[str], *, ordered: bool = False) -> str:
    """Make a list of Markdown items."""
    marks = ((f"{n}." if ordered else "-", each) for n, each in enumerate(items, start=1))
    return "".join(f"{mark} {each}\n" for mark, each in marks)


def document(title: str, *parts: str) -> str:
    """Join a title and parts with one empty line between them; empty parts vanish."""
    return "\n\n".join([f"# {title}", *(part.strip("\n") for part in parts if part)]) + "\n"


def _row(cells: Sequence[str], width: int) -> str:
    if len(cells) != width or any("\n" in each for each in cells):
        msg = f"A row of {width} cells without line breaks was expected, not {cells!r}."
        raise ValueError(msg)
    return f"| {' | '.join(cells)} |"
