"""Several insertions at one place become one text, so that independent changes combine.

Two changes may both add ``securityContext:`` to one container. Their texts are
ours, one line a key, so they are merged as trees of lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


# What adds to a mapping in braces.
_PAIR = re.compile(r"(?:, )?[\w\"'.-]+: ")


class SameFieldError(ValueError):
    """Two changes give one field different values."""


@dataclass(slots=True)
class _Line:
    text: str
    depth: float
    inner: list[_Line] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What may stand only once among its neighbours; an item of a list is its own key."""
        bare = self.text.strip()
        return bare if bare.startswith("- ") else bare.partition(":")[0]


def merged(edits: Iterable[Edit]) -> list[Edit]:
    """Merge the insertions that share a place; edits that say the same become one.

    Raises:
        SameFieldError: Two of them give one field different values.
    """
    at: dict[tuple[int, int], Edit] = {}
    for edit in edits:
        place = (edit.span.start, edit.span.end)
        known = at.get(place)
        at[place] = edit if known is None else both(known, edit)
    return [at[place] for place in sorted(at)]


def both(one: Edit, other: Edit) -> Edit:
    """Say in one edit what two say at one place; raises as `merged`."""
    if one == other:
        return one
    if _is_document(one.text) or _is_document(other.text):
        # What belongs to the object above stands before the objects that follow it.
        first, last = sorted((one, other), key=lambda each: _is_document(each.text))
        return Edit(one.file, one.span, first.text + last.text)
    begin = _line_break(one.text)
    if begin and begin == _line_break(other.text):
        text = _grafted(*(each.text.removeprefix(begin) + begin for each in (one, other)))
        return Edit(one.file, one.span, begin + text.removesuffix(begin))
    if one.span.start != one.span.end:
        msg = "both change the same text"
        raise SameFieldError(msg)
    if _PAIR.match(one.text) and _PAIR.match(other.text) and "\n" not in one.text + other.text:
        return _both_in_flow(one, other)
    if not (one.text.endswith("\n") and other.text.endswith("\n")):
        msg = "both add to the same line"
        raise SameFieldError(msg)
    return Edit(one.file, one.span, _grafted(one.text, other.text))


def _line_break(text: str) -> str:
    """Give the line end that a text begins with, when it ends without one."""
    begin = "\r\n" if text.startswith("\r\n") else "\n"
    return begin if text.startswith(begin) and not text.endswith("\n") else ""


def _is_document(text: str) -> bool:
    return text.lstrip("\r\n").startswith("---")


def _grafted(*texts: str) -> str:
    top: list[_Line] = []
    for text in texts:
        _graft(top, _tree(text))
    return "".join(_text(top))


def _both_in_flow(one: Edit, other: Edit) -> Edit:
    """Join what both add to one mapping; into an empty one neither begins with a comma."""
    more = other.text.removeprefix(", ")
    names = {part.partition(":")[0] for part in one.text.removeprefix(", ").split(", ")}
    if more.partition(":")[0] in names:
        msg = "both add the same field"
        raise SameFieldError(msg)
    return Edit(one.file, one.span, f"{one.text}, {more}")


def _tree(text: str) -> list[_Line]:
    top: list[_Line] = []
    open_lines: list[tuple[float, list[_Line]]] = [(-1, top)]
    for line in text.splitlines(keepends=True):
        column = len(line) - len(line.lstrip(" "))
        # A list's dash may stand below its key's first letter.
        depth = column + 0.5 if line.lstrip(" ").startswith("- ") else column
        while open_lines[-1][0] >= depth:
            open_lines.pop()
        new = _Line(line, depth)
        open_lines[-1][1].append(new)
        open_lines.append((depth, new.inner))
    return top


def _graft(onto: list[_Line], more: list[_Line]) -> None:
    """Add lines to lines of the same place, deeper ones first.

    What belongs to the mapping or list that just ended must stand before what
    begins a new key further out.
    """
    for line in more:
        level = [each for each in onto if each.depth == line.depth]
        twin = next((each for each in level if each.key == line.key), None)
        if twin is None:
            behind = sum(1 for each in onto if each.depth >= line.depth)
            onto.insert(behind, line)
        elif twin.text == line.text:
            _graft(twin.inner, line.inner)
        else:
            msg = f"both set `{line.key}`"
            raise SameFieldError(msg)


def _text(lines: list[_Line]) -> Iterator[str]:
    for line in lines:
        yield line.text
        yield from _text(line.inner)
