from __future__ import annotations

import random

import pytest

from tasks.domain.verification.experiments.power import foresee, win_chance
from tasks.domain.verification.experiments.sequential import sign_evidence


@pytest.mark.parametrize("win", [0.5, 0.75, 0.95])
def test_the_chance_is_what_playing_it_out_gives(win: float) -> None:
    chance = random.Random(19)
    rounds = 4000
    seen = 0
    for _ in range(rounds):
        wins = 0
        for pairs in range(1, 31):
            wins += chance.random() < win
            if sign_evidence(wins, pairs) >= 20:
                seen += 1
                break

    assert foresee(win, 20, 30).chance == pytest.approx(seen / rounds, abs=0.025)


def test_without_an_effect_the_chance_stays_below_the_error_that_is_allowed() -> None:
    assert foresee(0.5, 20, 200).chance <= 0.05


def test_a_certain_effect_needs_as_many_pairs_as_the_evidence_needs() -> None:
    assert foresee(1.0, 20, 30).pairs == 6
    assert foresee(1.0, 20, 5).pairs is None


def test_more_noise_a_smaller_effect_or_a_bolder_claim_need_more_pairs() -> None:
    quiet, loud = (foresee(win_chance(0.1, spread), 20, 60).pairs for spread in (0.05, 0.15))
    bold = foresee(win_chance(0.1, 0.05, least=0.05), 20, 60).pairs

    assert quiet is not None
    assert loud is not None
    assert bold is not None
    assert quiet < loud
    assert quiet < bold


def test_without_noise_only_the_direction_counts() -> None:
    assert win_chance(0.2, 0.0, least=0.1) == 1.0
    assert win_chance(0.1, 0.0, least=0.2) == 0.0
