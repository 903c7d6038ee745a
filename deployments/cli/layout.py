"""Lines that fit a terminal, also where letters are two columns wide."""

from __future__ import annotations

import re
import shutil
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

USUAL = 80  # columns of a file, a pipe, a log
_LEAST, _MOST = 40, 100  # narrower is unreadable, wider tires the eye
# A run without blanks stays whole; a Chinese letter may end a line, but no line begins
# with the mark that closes a sentence or a bracket.
_CLOSING = "\uff0c\u3002\uff1b\uff1a\u3001\uff09\u300b\uff01\uff1f"
_UNITS = re.compile(rf"[\u2e80-\uffef][{_CLOSING}]*|[^\s\u2e80-\uffef]+[{_CLOSING}]*|\s+")
_WORDS = re.compile(r"(?:'[^']*'|\"[^\"]*\"|\\.|\S)+")


def columns(stream: TextIO) -> int:
    """Say how many columns a line may have: the terminal's, or the usual ones."""
    if not stream.isatty():
        return USUAL
    return min(max(shutil.get_terminal_size((USUAL, 24)).columns, _LEAST), _MOST)


def wide(text: str) -> int:
    """Count the columns that ``text`` takes."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, width: int) -> str:
    """Fill ``text`` with blanks up to ``width`` columns."""
    return text + " " * (width - wide(text))


def wrap(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Break ``text`` into lines of ``width`` columns that begin with ``first``, then ``rest``.

    What has no blank, as a path, is never broken: it could not be copied any more.
    """
    lines, line = [], first
    for unit in _UNITS.findall(text):
        if unit.isspace():
            line += " " if line not in {first, rest} else ""
        elif wide(line) + wide(unit) > width and line not in {first, rest}:
            lines.append(line.rstrip())
            line = rest + unit
        else:
            line += unit
    return [*lines, line.rstrip()]


def shell(command: str, width: int, indent: str) -> list[str]:
    """Break a command so that it can still be pasted: a backslash ends all lines but the last."""
    lines, line = [], indent
    fits = wide(indent + command) <= width
    for word in _WORDS.findall(command):
        full = line.strip() and wide(line) + wide(word) + 3 > width
        if not fits and (full or word == "|"):
            lines.append(f"{line} \\")
            line = f"{indent}  {word}"
        else:
            line += f" {word}" if line.strip() else word
    return [*lines, line]
