"""Blocks of a template: where a condition or loop ends that new lines must not fall into."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.domain.alignment import Template

_EXPRESSION = re.compile(r"\{\{.*?\}\}")
_OPENS = re.compile(r"\{\{-?\s*(if|with|range|define|block)\b")
_ENDS = re.compile(r"\s*\{\{-?\s*end\s*-?\}\}\s*")


def behind(template: Template, line: int, column: int) -> int:
    """Tell before which line new ones go that follow ``line``.

    That is behind a condition that ends there, inside of a loop, and inside of a
    condition, too, when what holds lines ``column`` columns in is there.
    """
    blocks = opened(template.lines[: line + 1])
    at = line + 1
    while at < len(template.lines) and _ENDS.fullmatch(template.lines[at]) and blocks:
        kind, begin = blocks.pop()
        held = [depth(template.lines[n]) for n in range(begin, at) if not template.control[n]]
        if kind not in {"if", "with"} or column > min(held, default=0):
            break
        at += 1
    return at


def opened(lines: list[str]) -> list[tuple[str, int]]:
    """List the blocks that are open behind ``lines``, with where they begin, outermost first."""
    found: list[tuple[str, int]] = []
    for number, line in enumerate(lines):
        for each in _EXPRESSION.findall(line):
            match = _OPENS.match(each)
            if match:
                found.append((match[1], number))
            elif _ENDS.fullmatch(each) and found:
                found.pop()
    return found


def depth(line: str) -> int:
    """Count the blanks before a line's text."""
    return len(line) - len(line.lstrip(" "))
