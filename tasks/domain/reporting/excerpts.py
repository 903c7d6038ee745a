"""Lines of the user's own files beside a finding: those that cannot hold a secret, no other.

The rule is that of patches (`tasks.domain.harmless`): a line is shown when everything on
it is a name, a quantity or a word of a closed list. Another line is counted and withheld.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.platform.documents import DocumentError
from tasks.domain.written import read_written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.nodes import Place
    from tasks.domain.platform.sources import Source
    from tasks.domain.written import Written

AROUND = 2  # lines before and after: enough to see where one is
LONGEST = 160  # characters; what is longer is no line that people read


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines from ``first`` on, counted from 1; None stands for a line that is withheld."""

    first: int
    lines: tuple[str | None, ...]


def excerpts(places: Mapping[str, Place], source: Source) -> Mapping[str, Excerpt]:
    """Cut out the lines around each place, by its name; files that are no YAML have none."""
    read: dict[str, Written | None] = {}
    found: dict[str, Excerpt] = {}
    for name, place in places.items():
        file = place.file
        if file not in read:
            read[file] = _read(file, source)
        written = read[file]
        cut = _around(written, place.line - 1) if written else None
        if cut:
            found[name] = cut
    return found


def _read(file: str, source: Source) -> Written | None:
    try:
        return read_written(file, source.files[file]) if file in source.files else None
    except DocumentError:
        return None


def _around(written: Written, line: int) -> Excerpt | None:
    """Cut lines around ``line``, counted from 0; nothing when none of them may be shown."""
    if not 0 <= line < written.count:
        return None
    first, end = max(0, line - AROUND), min(written.count, line + AROUND + 1)
    lines = tuple(_shown(written, number) for number in range(first, end))
    return Excerpt(first + 1, lines) if any(each and each.strip() for each in lines) else None


def _shown(written: Written, number: int) -> str | None:
    text = written.line(number).rstrip("\r\n")
    plain = text.isprintable() and len(text) <= LONGEST
    return text if written.harmless[number] and plain else None
