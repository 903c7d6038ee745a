from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.platform.documents import parse
from tasks.domain.strict import Reader

if TYPE_CHECKING:
    from tasks.domain.platform.nodes import Node


def _node(text: str) -> Node:
    root = parse("cmi.yaml", text)[0].root
    assert root
    return root


@pytest.mark.parametrize(
    ("text", "seconds"), [("300ms", 0.3), ("5s", 5), ("2m", 120), ("1.5h", 5400), ("1d", 86400)]
)
def test_times_are_read_in_seconds(text: str, seconds: float) -> None:
    assert Reader().duration(_node(text), "it") == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "amount"), [("512Mi", 512 * 2**20), ("2GiB", 2**31), ("1.5K", 1500), ("7", 7)]
)
def test_amounts_of_memory_are_read_in_bytes(text: str, amount: float) -> None:
    assert Reader().size(_node(text), "it") == amount


@pytest.mark.parametrize("text", ["5", "-5s", "5 parsecs", "''", "[5s]"])
def test_what_is_no_time_is_a_problem(text: str) -> None:
    reader = Reader()
    reader.duration(_node(text), "The timeout")

    assert reader.problems


def test_an_alias_is_read_as_what_it_stands_for() -> None:
    reader = Reader()
    found = reader.fields(_node("a: &x [one]\nb: *x\n"), ["a", "b"], "it")

    assert reader.texts(found["b"], "b") == ("one",)
    assert not reader.problems


def test_a_problem_says_where_what_and_what_to_do() -> None:
    reader = Reader()
    reader.boolean(_node("yes please"), "The switch")

    assert [str(each) for each in reader.problems] == [
        "cmi.yaml:1: The switch must be true or false. Write one of the two."
    ]
