"""Arrows pass between boxes, whatever is connected with what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.reporting.arrows import Grid, ways

if TYPE_CHECKING:
    from collections.abc import Iterator

GRID = Grid(width=172, height=46, column_gap=40, row_gap=28)
Point = tuple[float, float]


def _place(column: int, row: int, shift: int = 0) -> tuple[int, int]:
    return 22 + column * 212, 22 + row * 74 + shift


def _points(path: str) -> Iterator[Point]:
    """Walk along a path of straight lines and curves."""
    at: Point = (0.0, 0.0)
    for command, numbers in re.findall(r"([MLC])([^MLC]*)", path):
        values = [float(each) for each in re.findall(r"-?[\d.]+", numbers)]
        ends = list(zip(values[::2], values[1::2], strict=True))
        if command != "M":
            first, second = (ends[0], ends[1]) if command == "C" else (at, ends[-1])
            for step in range(41):
                yield _between((at, first, second, ends[-1]), step / 40)
        at = ends[-1]


def _between(curve: tuple[Point, Point, Point, Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
    x, y = (sum(w * each[axis] for w, each in zip(weights, curve, strict=True)) for axis in (0, 1))
    return x, y


def _behind(path: str, box: tuple[int, int]) -> bool:
    return any(
        box[0] < x < box[0] + GRID.width and box[1] < y < box[1] + GRID.height
        for x, y in _points(path)
    )


def test_neighbours_are_joined_by_one_curve() -> None:
    left, right = _place(0, 0), _place(1, 1)

    assert ways(GRID, [left, right]).arrow(left, right) == "M194,45 C214,45 209,119 229,119"


def test_a_column_between_is_passed_above_or_below_its_box() -> None:
    left, between, right = (_place(column, 0) for column in range(3))
    path = ways(GRID, [left, between, right]).arrow(left, right)

    assert path.count("L") == 1
    assert not _behind(path, between)


def test_arrows_in_one_lane_run_side_by_side() -> None:
    places = [_place(column, 0) for column in range(3)]
    lanes = ways(GRID, places)

    assert len({lanes.arrow(places[0], places[2]) for _ in range(5)}) == 5


@given(
    columns=st.lists(st.tuples(st.integers(1, 6), st.integers(0, 60)), min_size=1, max_size=6),
    chosen=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_no_arrow_runs_behind_a_box(columns: list[tuple[int, int]], chosen: st.DataObject) -> None:
    boxes = [
        _place(column, row, shift)
        for column, (rows, shift) in enumerate(columns)
        for row in range(rows)
    ]
    source, target = (chosen.draw(st.sampled_from(boxes)) for _ in range(2))
    path = ways(GRID, boxes).arrow(source, target)

    assert [box for box in boxes if _behind(path, box)] == []
    assert path.startswith(f"M{source[0] + GRID.width},{source[1] + GRID.height // 2} ")
    assert path.endswith(f" {target[0] - 5},{target[1] + GRID.height // 2}")
