"""Requirements on durations, sizes and switches."""

import pytest

from tasks.domain.platform.compose.quantities import number, seconds, size, switch


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5s", 5), ("1m30s", 90), ("1500ms", 1.5), ("0.5s", 0.5), ("1h", 3600), ("0", 0)],
)
def test_a_duration_is_given_in_seconds(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("512m", 512 * 2**20), ("1gb", 2**30), ("64M", 64 * 2**20), ("1.5k", 1536), ("100", 100)],
)
def test_a_size_is_given_in_bytes(text: str, expected: int) -> None:
    assert size(text) == expected


@pytest.mark.parametrize("text", ["", "5", "x", "5 s", "s"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert seconds(text) is None


@pytest.mark.parametrize("text", ["", "x", "-1", "1e3", "5 5"])
def test_what_is_no_size_is_none(text: str) -> None:
    assert size(text) is None


def test_a_switch_may_come_from_a_variable() -> None:
    assert [switch(t) for t in ("true", "Yes", "off", "0", "maybe")] == [
        True,
        True,
        False,
        False,
        None,
    ]


def test_a_number_is_read_or_none() -> None:
    assert (number("0.5"), number("x")) == (0.5, None)
