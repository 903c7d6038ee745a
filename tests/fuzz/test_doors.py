"""What the fuzzer starts from, and whatever it found, passes every door."""

from __future__ import annotations

import pytest

from tests.fuzz.doors import DOORS, Door
from tests.fuzz.seeds import FOUND, seeds, words

# Enough of them to notice a door that broke; the fuzzer itself takes all.
SAMPLED = 60


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_door_answers_our_own_inputs(door: Door) -> None:
    every = seeds(door.name)

    assert every
    for data in every[:: max(1, len(every) // SAMPLED)]:
        door.enter(data)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_what_was_found_once_never_hurts_again(door: Door) -> None:
    folder = FOUND / door.name
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        door.enter(path.read_bytes())


def test_words_fit_the_fuzzers_dictionary() -> None:
    assert len(words()) == len({*words()}) > 150
    assert all(word.isascii() and word.isprintable() for word in words())
