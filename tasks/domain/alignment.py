"""Which line of a template made which line of what was rendered from it.

A line of a template fits a rendered one when its text does, with anything in the
place of its expressions. Loops make one line several times, so a rendered line
follows on its predecessor's template line where it can, and jumps where it must.
What a helper or a value made as a whole has no line.
"""

from __future__ import annotations

import re

_EXPRESSION = re.compile(r"\{\{.*?\}\}")
_ALONE = re.compile(r"\s*(?:\{\{.*?\}\}\s*)+(?:#.*)?")
_LONGEST = 3000  # lines; beyond that a template is made by a program, not written
_AHEAD = 6  # lines that decide between several places


class Template:
    """The lines of a template, and which of them are no more than control."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.control = [
            not line.strip() or line.lstrip().startswith("#") or bool(_ALONE.fullmatch(line))
            for line in self.lines
        ]
        self._patterns: list[re.Pattern[str] | None] = [None] * len(self.lines)

    def fits(self, number: int, rendered: str) -> bool:
        """Tell whether line ``number`` may have become ``rendered``."""
        line = self.lines[number]
        if line.rstrip() == rendered.rstrip():
            return True
        if "{{" not in line:
            return False
        pattern = self._patterns[number]
        if pattern is None:
            parts = map(re.escape, _EXPRESSION.split(line.rstrip()))
            pattern = self._patterns[number] = re.compile(".*".join(parts))
        return pattern.fullmatch(rendered.rstrip()) is not None

    def following(self, number: int) -> int | None:
        """Give the next line that makes something by itself."""
        for each in range(number + 1, len(self.lines)):
            if not self.control[each]:
                return each
        return None


def align(rendered: list[str], template: Template) -> list[int | None]:
    """Map each rendered line to its template line; None where a helper made it."""
    found: list[int | None] = []
    if len(template.lines) > _LONGEST or len(rendered) > _LONGEST * 10:
        return [None] * len(rendered)
    at = -1
    for number, line in enumerate(rendered):
        bare = not line.strip() or line.lstrip().startswith("#")
        place = None if bare else _place(rendered, number, template, at)
        found.append(place)
        at = at if place is None else place
    return found


def _place(rendered: list[str], number: int, template: Template, at: int) -> int | None:
    """Go on where the last line was; elsewhere only where more of what follows fits."""
    after = template.following(at)
    told = 0 if after is None else _run(rendered, number, template, after)
    if told > 1:
        return after
    choices = [
        each
        for each in range(len(template.lines))
        if not template.control[each] and template.fits(each, rendered[number])
    ]
    if not choices:
        return None
    return max(
        choices,
        key=lambda each: (_run(rendered, number, template, each), each == after, each > at, -each),
    )


def _run(rendered: list[str], number: int, template: Template, at: int) -> int:
    """Count how many rendered lines fit, one after the other, from ``at`` on."""
    place: int | None = at
    for ahead in range(_AHEAD):
        line = number + ahead
        if place is None or line >= len(rendered) or not template.fits(place, rendered[line]):
            return ahead
        place = template.following(place)
    return _AHEAD
