"""Arrows of the report's picture: between columns of boxes, never behind a box.

An arrow that has to pass a column does so in one of its lanes, the gaps above, between
and below its boxes: the one that is nearest to the straight way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RIGHT, _LEFT = 1, -1
_ROOM = 5  # pixels between a box and an arrow's tip, or the beginning of a lane
_FAN = (0, 5, -5, 9, -9)  # arrows in one lane run side by side, as far as it is wide


@dataclass(frozen=True, slots=True)
class Grid:
    """The measures of boxes and of the gaps between them, in pixels."""

    width: int
    height: int
    column_gap: int
    row_gap: int


@dataclass(slots=True)
class Ways:
    """The lanes of a picture's columns, and how many arrows each of them has."""

    grid: Grid
    columns: tuple[tuple[int, tuple[int, ...]], ...]  # left edge, and the lanes' heights
    _taken: dict[tuple[int, int], int] = field(default_factory=dict)

    def arrow(self, source: tuple[int, int], target: tuple[int, int]) -> str:
        """Draw from the right side of a box to the left side of what it needs."""
        half, way = self.grid.height // 2, _RIGHT if target[0] > source[0] else _LEFT
        at = (source[0] + self.grid.width, source[1] + half)
        path, heading = [f"M{at[0]},{at[1]}"], _RIGHT
        for left, height in self._passed(source, target):
            near, far = left - _ROOM, left + self.grid.width + _ROOM
            first, last = (near, far) if way == _RIGHT else (far, near)
            path += [self._bend(at, (first, height), heading, way), f"L{last},{height}"]
            at, heading = (last, height), way
        end = (target[0] - _ROOM, target[1] + half)
        return " ".join((*path, self._bend(at, end, heading, _RIGHT)))

    def _passed(
        self, source: tuple[int, int], target: tuple[int, int]
    ) -> Iterator[tuple[int, int]]:
        """Give the columns on the way, each with the height at which it is passed."""
        forward = target[0] > source[0]
        between = [
            (left, lanes)
            for left, lanes in self.columns
            if (source[0] < left < target[0] if forward else target[0] <= left <= source[0])
        ]
        half = self.grid.height // 2
        for number, (left, lanes) in enumerate(between if forward else between[::-1]):
            share = (number + 1) / (len(between) + 1)
            straight = source[1] + half + (target[1] - source[1]) * share
            lane = min(lanes, key=lambda height: abs(height - straight))
            used = self._taken.get((left, lane), 0)
            self._taken[left, lane] = used + 1
            yield left, lane + _FAN[used % len(_FAN)]

    def _bend(self, at: tuple[int, int], to: tuple[int, int], out: int, into: int) -> str:
        """Curve within a gap between columns, from one heading into another."""
        gap = self.grid.column_gap
        bend = gap // 2 if out == into else gap - 2 * _ROOM
        first, second = at[0] + out * bend, to[0] - into * bend
        return f"C{first},{at[1]} {second},{to[1]} {to[0]},{to[1]}"


def ways(grid: Grid, places: Iterable[tuple[int, int]]) -> Ways:
    """Find the lanes of the columns in which boxes stand."""
    columns: dict[int, list[int]] = {}
    for left, top in places:
        columns.setdefault(left, []).append(top)
    half = grid.row_gap // 2
    lanes = (
        (left, (min(tops) - half, *(top + grid.height + half for top in sorted(tops))))
        for left, tops in sorted(columns.items())
    )
    return Ways(grid, tuple(lanes))
