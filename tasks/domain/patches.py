"""Edits to a text, and the unified diff that says the same to ``git apply``.

The diff is built from the edits, not by comparing texts: what an edit does not
touch cannot appear as changed. Its context never shows a line that may hold a
secret (`tasks.domain.harmless`); a change for which that is impossible has no
diff and becomes a recipe.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.platform.nodes import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.candidates import Edit
    from tasks.domain.written import Written

CONTEXT = 3  # lines on each side, as git shows
_NO_NEWLINE = "\\ No newline at end of file\n"
_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_PLAIN = range(0x20, 0x7F)
_ITSELF = re.compile(r"[ !#-\[\]-~]*")  # what no character of needs quoting


class OverlapError(ValueError):
    """Two edits want the same characters."""


class UnshowableError(ValueError):
    """No diff of this change keeps clear of lines that may hold a secret."""


@dataclass(frozen=True, slots=True)
class Change:
    """Old lines ``[first, end)``, counted from 0, and what stands there afterwards."""

    first: int
    end: int
    new: tuple[str, ...]


@dataclass(slots=True)
class _Hunk:
    changes: list[Change]
    lead: int
    trail: int = 0


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Sort the edits of one file; insertions at one place keep their order.

    Raises:
        OverlapError: Two edits share characters, or one inserts inside another.
    """
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    for before, after in itertools.pairwise(ordered):
        if after.span.start < before.span.end:
            msg = f"{before.file}: two edits overlap at character {after.span.start}"
            raise OverlapError(msg)
    return ordered


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` after ``edits``, which all belong to its file.

    Raises:
        OverlapError: The edits exclude each other.
    """
    return _spliced(text, 0, len(text), in_order(edits))


def _spliced(text: str, start: int, stop: int, ordered: Iterable[Edit]) -> str:
    """Return the characters ``[start, stop)`` of ``text`` after the edits within them."""
    parts, at = [], start
    for edit in ordered:
        parts += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join([*parts, text[at:stop]])


def inverse(text: str, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits that turn the edited text back into ``text``."""
    undo, shift = [], 0
    for edit in in_order(edits):
        start = edit.span.start + shift
        span = Span(start, start + len(edit.text))
        undo.append(type(edit)(edit.file, span, text[edit.span.start : edit.span.end]))
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return tuple(undo)


def changes(written: Written, edits: Iterable[Edit]) -> list[Change]:
    """Tell which lines ``edits`` replace; neighbours that share a line become one change."""
    groups: list[tuple[int, int, list[Edit]]] = []
    for edit in in_order(edits):
        first, end = _lines_of(written, edit)
        if groups and (first < groups[-1][1] or first == end == groups[-1][1] == groups[-1][0]):
            before = groups[-1]
            groups[-1] = (before[0], max(end, before[1]), [*before[2], edit])
        else:
            groups.append((first, end, [edit]))
    return [
        Change(first, end, tuple(_replaced(written, first, end, group)))
        for first, end, group in groups
    ]


def _lines_of(written: Written, edit: Edit) -> tuple[int, int]:
    starts, (start, stop) = written.starts, (edit.span.start, edit.span.end)
    if start == len(written.text) and (not start or written.text.endswith("\n")):
        return written.count, written.count  # appended lines leave the last one alone
    first = bisect_right(starts, start) - 1
    whole = start == starts[first] and (edit.text.endswith("\n") or not edit.text)
    if whole and stop in (starts[bisect_right(starts, stop) - 1], len(written.text)):
        ends_file = stop == len(written.text) and stop > starts[-1]
        return first, len(starts) if ends_file else bisect_right(starts, stop) - 1
    return first, bisect_right(starts, stop)


def _replaced(written: Written, first: int, end: int, edits: list[Edit]) -> list[str]:
    base = written.starts[first] if first < written.count else len(written.text)
    stop = written.starts[end] if end < len(written.starts) else len(written.text)
    return split_lines(_spliced(written.text, base, stop, edits))


def split_lines(text: str) -> list[str]:
    r"""Split after each ``\n`` and nowhere else, as git does."""
    *whole, last = text.split("\n")
    return [line + "\n" for line in whole] + ([last] if last else [])


def unified_diff(written: Written, edits: Sequence[Edit]) -> str:
    """Write the change of one file as ``git apply`` takes it; empty when nothing changes.

    Raises:
        UnshowableError: A line that may hold a secret is changed or is the only context.
        OverlapError: The edits exclude each other.
    """
    if written.encoding != "utf-8":
        msg = f"{written.file} is in {written.encoding}, which git takes for a binary file"
        raise UnshowableError(msg)
    found = changes(written, edits)
    if not found:
        return ""
    for change in found:
        if not all(written.harmless[change.first : change.end]):
            msg = f"{written.file}:{change.first + 1}: the line itself may hold a secret"
            raise UnshowableError(msg)
    hunks = _hunks(written, found)
    return _header(written.file) + "".join(_body(written, hunks))


def _hunks(written: Written, found: list[Change]) -> list[_Hunk]:
    hunks: list[_Hunk] = []
    for change in found:
        after = hunks[-1].changes[-1].end if hunks else None
        if after is not None and _joined(written, after, change.first):
            hunks[-1].changes.append(change)
            continue
        lead = _run(written, range(change.first - 1, (after or 0) - 1, -1))
        hunks.append(_Hunk([change], lead))
    for number, hunk in enumerate(hunks):
        end = hunk.changes[-1].end
        limit = hunks[number + 1].changes[0].first if number + 1 < len(hunks) else written.count
        hunk.trail = _run(written, range(end, limit))
        _check(written, hunk)
    return hunks


def _joined(written: Written, end: int, first: int) -> bool:
    return first - end <= 2 * CONTEXT and all(written.harmless[end:first])


def _run(written: Written, lines: range) -> int:
    """Count the harmless lines of ``lines`` up to the first other, at most `CONTEXT`."""
    for number, line in enumerate(lines[:CONTEXT]):
        if not written.harmless[line]:
            return number
    return min(len(lines), CONTEXT)


def _check(written: Written, hunk: _Hunk) -> None:
    """Refuse a hunk that git would place wrongly.

    Without a line after the change git looks for the end of the file. An
    insertion without a line before would be held by its line number alone;
    where an old line is replaced, that line holds it.
    """
    first, end = hunk.changes[0].first, hunk.changes[-1].end
    held = hunk.lead or first == 0 or hunk.changes[0].end > first
    if not held or (not hunk.trail and end < written.count):
        msg = f"{written.file}:{first + 1}: each line around it may hold a secret"
        raise UnshowableError(msg)


def _header(file: str) -> str:
    old, new = quoted(f"a/{file}"), quoted(f"b/{file}")
    # A tab ends a name with blanks in it, as git and GNU patch write it.
    tab = "\t" if " " in file else ""
    return f"diff --git {old} {new}\n--- {old}{tab}\n+++ {new}{tab}\n"


def quoted(path: str) -> str:
    """Quote a path as git does: bytes beyond ASCII in octal, only where something needs it."""
    if _ITSELF.fullmatch(path):
        return path
    written = "".join(_quoted_character(char) for char in path)
    return f'"{written}"' if written != path else path


def _quoted_character(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if ord(char) in _PLAIN:
        return char
    return "".join(f"\\{byte:03o}" for byte in char.encode())


def _body(written: Written, hunks: list[_Hunk]) -> list[str]:
    body: list[str] = []
    shift = 0
    for hunk in hunks:
        first = hunk.changes[0].first - hunk.lead
        end = hunk.changes[-1].end + hunk.trail
        grown = sum(len(c.new) - (c.end - c.first) for c in hunk.changes)
        old, new = end - first, end - first + grown
        body.append(f"@@ -{_range(first, old)} +{_range(first + shift, new)} @@\n")
        body += _lines(written, hunk, first, end)
        shift += grown
    return body


def _range(first: int, count: int) -> str:
    start = first + 1 if count else first
    return f"{start}" if count == 1 else f"{start},{count}"


def _lines(written: Written, hunk: _Hunk, first: int, end: int) -> list[str]:
    lines: list[str] = []
    at = first
    for change in hunk.changes:
        lines += _marked(" ", written.shown(at, change.first))
        lines += _marked("-", written.shown(change.first, change.end))
        mark = written.mark if change.first == 0 else ""
        new = (mark + change.new[0], *change.new[1:]) if change.new and mark else change.new
        lines += _marked("+", new)
        at = change.end
    return lines + _marked(" ", written.shown(at, end))


def _marked(sign: str, lines: Iterable[str]) -> list[str]:
    return [
        sign + line if line.endswith("\n") else f"{sign}{line}\n{_NO_NEWLINE}" for line in lines
    ]
