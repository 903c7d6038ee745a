from __future__ import annotations

import random
from math import gamma, inf, log

import pytest
from scipy.integrate import quad
from scipy.stats import beta

from tasks.domain.verification.experiments.sequential import interval, process, sign_evidence

MANY = [(wins, pairs) for pairs in range(25) for wins in range(pairs + 1)]


@pytest.mark.parametrize(("wins", "pairs"), [(0, 0), (3, 4), (7, 7), (2, 9), (20, 30)])
def test_the_wager_is_the_integral_over_all_chances_above_one_half(wins: int, pairs: int) -> None:
    def stake(p: float) -> float:
        return float(2 * beta.pdf(p, 0.5, 0.5) * (2 * p) ** wins * (2 * (1 - p)) ** (pairs - wins))

    assert sign_evidence(wins, pairs) == pytest.approx(quad(stake, 0.5, 1)[0], rel=1e-6)


@pytest.mark.parametrize(("wins", "pairs"), MANY)
def test_an_even_chance_gains_nothing_on_average_and_less_loses(wins: int, pairs: int) -> None:
    won, lost = sign_evidence(wins + 1, pairs + 1), sign_evidence(wins, pairs + 1)

    assert (won + lost) / 2 == pytest.approx(sign_evidence(wins, pairs))
    assert 0.3 * won + 0.7 * lost <= sign_evidence(wins, pairs) * (1 + 1e-12)


@pytest.mark.parametrize(("wins", "pairs"), [(7, 7), (5, 9), (0, 3)])
def test_both_sides_together_are_the_known_mixture_of_krichevsky_and_trofimov(
    wins: int, pairs: int
) -> None:
    known = (2**pairs * gamma(wins + 0.5) * gamma(pairs - wins + 0.5) / (gamma(0.5) ** 2)) / gamma(
        pairs + 1
    )

    both = (sign_evidence(wins, pairs) + sign_evidence(pairs - wins, pairs)) / 2
    assert both == pytest.approx(known)


def test_six_of_six_are_enough_for_one_claim_and_five_are_not() -> None:
    assert sign_evidence(6, 6) >= 20 > sign_evidence(5, 5)


def test_a_tie_counts_against_the_claim_and_evidence_once_won_stays() -> None:
    evidence = process([-0.2, -0.2, 0.0, 0.3], 0.0)

    assert evidence[:2] == [sign_evidence(1, 1), sign_evidence(2, 2)]
    assert evidence[2:] == [evidence[1]] * 2


def test_a_tie_that_rounding_hides_is_still_a_tie() -> None:
    equal = [log(1.1 * size) - log(size) for size in (246.0, 247.0, 248.0, 250.0, 251.0)] * 4

    assert any(each < log(1.1) for each in equal)
    assert max(process(equal, log(1.1))) <= 1


@pytest.mark.parametrize("seed", [11, 12])
def test_nothing_is_seen_where_nothing_is_however_often_one_looks(seed: int) -> None:
    """2000 A/A experiments of 60 looks: at most 5 % may ever reach 20; the naive test is worse."""
    chance = random.Random(seed)
    crossed = naive = 0
    for _ in range(2000):
        noise = [chance.gauss(0, 0.1) for _ in range(60)]
        crossed += process(noise, 0.0)[-1] >= 20
        signs = [sum(x < 0 for x in noise[:n]) for n in range(1, 61)]
        naive += any(k > n / 2 + 1.645 * n**0.5 / 2 for n, k in enumerate(signs, 1) if n >= 5)

    assert crossed / 2000 <= 0.05
    assert naive / 2000 > 0.15  # the control: looking with a fixed-size test cheats


def test_the_interval_holds_at_every_look_at_once() -> None:
    chance = random.Random(7)
    truth, missed = log(0.8), 0
    for _ in range(400):
        logs = [truth + chance.expovariate(5) - log(2) / 5 for _ in range(30)]  # median: truth
        low, high = interval(logs, 0.05)
        missed += not low <= truth <= high

    assert missed / 400 <= 0.05


def test_too_few_pairs_give_no_bound() -> None:
    assert interval([-0.1] * 5, 0.05) == (-inf, inf)
    assert interval([-0.1] * 7, 0.05) == (-0.1, -0.1)


def test_more_wins_than_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="3 wins in 2 pairs"):
        sign_evidence(3, 2)
