from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tasks.domain.streaming import Readable, Rows, chunks, compact


@dataclass(frozen=True)
class _Thing:
    name: str


VALUES = [
    pytest.param({}, {}, id="nothing"),
    pytest.param({"a": [], "b": {}}, {"a": [], "b": {}}, id="empty members"),
    pytest.param([1, None, True], [1, None, True], id="no mapping"),
    pytest.param({"a": Rows((), str)}, {"a": []}, id="no rows"),
    pytest.param(
        {"a": Rows((1, 2), str), "b": "\u4e2d"}, {"a": ["1", "2"], "b": "\u4e2d"}, id="rows"
    ),
    pytest.param(
        {"deep": {"a": Rows(range(1500), lambda n: {"n": n})}},
        {"deep": {"a": [{"n": n} for n in range(1500)]}},
        id="many rows",
    ),
]


@pytest.mark.parametrize(("value", "means"), VALUES)
def test_pieces_mean_the_whole(value: Any, means: Any) -> None:
    assert json.loads("".join(compact(value))) == means
    for ascii_only in (True, False):
        text = "".join(Readable(ascii_only=ascii_only).pieces(value))
        assert json.loads(text) == means
        assert text.isascii() or not ascii_only


def test_a_short_list_is_for_people_and_a_long_one_has_a_line_an_item() -> None:
    pieces = Readable(ascii_only=False).pieces

    assert "".join(pieces({"a": [_Thing("x")]})) == (
        '{\n  "a": [\n    {\n      "name": "x"\n    }\n  ]\n}'
    )
    lines = "".join(pieces({"a": [_Thing("x")] * 1001})).splitlines()
    assert lines[2] == '    {"name": "x"},'
    assert len(lines) == 1001 + 4


def test_rows_are_made_when_they_are_written() -> None:
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number

    pieces = compact({"a": Rows((1, 2, 3), make)})

    assert next(pieces) == '{"a":'
    assert not made
    assert next(pieces) == "[1"
    assert made == [1]


def test_chunks_are_of_about_the_size_asked_for_and_lose_nothing() -> None:
    pieces = [str(n) * (n % 5) for n in range(200)]

    found = list(chunks(pieces, 20))

    assert "".join(found) == "".join(pieces)
    assert all(20 <= len(each) < 20 + 3 * 4 for each in found[:-1])
    assert list(chunks([], 20)) == []
