"""What the fuzzer starts from, and whatever it found, passes every door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fuzz.doors import DOORS, Door
from tests.fuzz.harness import watched
from tests.fuzz.seeds import FOUND, seeds, words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Enough of them to notice a door that broke; the fuzzer itself takes all.
SAMPLED = 60


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_door_answers_our_own_inputs(door: Door, tmp_path: Path) -> None:
    every = seeds(door.name)

    assert every
    assert _noticed(door, every[:: max(1, len(every) // SAMPLED)], tmp_path) == []


def test_what_was_found_once_never_hurts_again(tmp_path: Path) -> None:
    doors = {door.name: door for door in DOORS}
    every = [path for path in sorted(FOUND.rglob("*")) if path.is_file()]

    assert every
    for path in every:
        assert _noticed(doors[path.parent.name], [path.read_bytes()], tmp_path) == []


def _noticed(door: Door, inputs: Iterable[bytes], folder: Path) -> list[str]:
    """Say what the fuzzer's own eyes see: whatever is raised, and what takes too long."""
    enter = watched(door.enter, folder)
    for data in inputs:
        enter(data)
    return [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]


def test_words_fit_the_fuzzers_dictionary() -> None:
    assert len(words()) == len({*words()}) > 150
    assert all(word.isascii() and word.isprintable() for word in words())
