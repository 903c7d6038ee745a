from __future__ import annotations

import pytest

from tasks.domain.platform.documents import DocumentError, parse
from tasks.domain.platform.parsed import Kept, parsed


def test_a_text_is_parsed_once_and_as_ever() -> None:
    kept = Kept()

    first = kept.documents("a.yaml", "a: [1, 2]\n")

    assert first == parse("a.yaml", "a: [1, 2]\n")
    assert kept.documents("a.yaml", "a: [1, 2]\n") is first


def test_another_name_or_another_text_is_never_served() -> None:
    kept = Kept()
    kept.documents("a.yaml", "a: 1\n")

    assert kept.documents("b.yaml", "a: 1\n")[0].file == "b.yaml"
    assert kept.documents("a.yaml", "a: 2\n") == parse("a.yaml", "a: 2\n")


def test_the_latest_are_kept_and_no_more_than_there_is_room_for() -> None:
    kept = Kept(most=12)
    kept.documents("longest", "longest: 0\n")
    old = kept.documents("a", "a: 1\n")
    newer = kept.documents("b", "b: 2\n")
    assert kept.documents("a", "a: 1\n") is old

    kept.documents("c", "c: 3\n")

    assert kept.documents("a", "a: 1\n") is old
    assert kept.documents("b", "b: 2\n") is not newer


def test_the_longest_is_kept_whatever_comes_after_it() -> None:
    kept = Kept(most=6)
    longest = kept.documents("a", "a: 1234567890\n")
    first = kept.documents("b", "b: 1\n")
    kept.documents("c", "c: 1\n")

    assert kept.documents("a", "a: 1234567890\n") is longest
    assert kept.documents("b", "b: 1\n") is not first


def test_a_longer_one_takes_the_place_of_the_longest() -> None:
    kept = Kept(most=3)
    first = kept.documents("a", "a: 1\n")

    longer = kept.documents("b", "b: 12\n")

    assert kept.documents("b", "b: 12\n") is longer
    assert kept.documents("a", "a: 1\n") is not first


def test_a_text_that_is_no_yaml_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(DocumentError):
            parsed("a.yaml", "a: [\n")
