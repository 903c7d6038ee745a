from __future__ import annotations

import random
from math import exp, log

import pytest

from tasks.domain.verification.experiments.estimates import (
    LEAST_MARGIN,
    log_ratios,
    margin,
    over_stacks,
    ratio,
)


def test_a_ratio_is_the_median_of_the_pairs_and_lies_in_its_interval() -> None:
    pairs = [
        (10.0, each)
        for each in (7.0, 7.2, 6.9, 7.1, 30.0, 7.0, 7.1, 6.8, 7.3, 7.2, 7.4, 7.0, 7.1, 7.3)
    ]

    found = ratio(log_ratios(pairs))

    assert found.value == pytest.approx(0.71)
    assert found.low <= found.value <= found.high < 1
    assert found.pairs == 14


def test_a_figure_that_is_not_above_zero_has_no_ratio() -> None:
    with pytest.raises(ValueError, match=r"math domain error|positive"):
        log_ratios([(1.0, 0.0)])


def test_over_stacks_the_geometric_mean_of_their_medians_counts() -> None:
    stacks = {"a": [log(0.5)] * 12, "b": [log(0.8)] * 12}

    found = over_stacks(stacks)

    assert found.value == pytest.approx((0.5 * 0.8) ** 0.5)
    assert (found.low, found.high) == pytest.approx((found.value, found.value))
    assert over_stacks({"a": stacks["a"]}) == ratio(stacks["a"])
    assert over_stacks({"a": stacks["a"], "b": stacks["b"][:9]}).pairs == 9


def test_over_stacks_the_interval_holds() -> None:
    chance = random.Random(23)
    truth, missed = (0.5 * 0.9) ** 0.5, 0
    for _ in range(150):
        stacks = {
            name: [log(middle) + chance.gauss(0, 0.2) for _ in range(20)]
            for name, middle in (("a", 0.5), ("b", 0.9))
        }
        found = over_stacks(stacks)
        missed += not found.low <= truth <= found.high

    assert missed / 150 <= 0.05


def test_a_margin_covers_what_noise_alone_shows_and_little_more() -> None:
    chance = random.Random(29)
    same = [chance.gauss(0, 0.09) for _ in range(400)]

    found = margin(same, pairs=11, seed=1)

    drawn = [sorted(chance.gauss(0, 0.09) for _ in range(11))[5] for _ in range(4000)]
    covered = sum(abs(each) <= log(1 + found) for each in drawn) / 4000
    assert covered == pytest.approx(0.95, abs=0.03)
    assert margin(same, pairs=11, seed=1) == found  # the audit computes it again


def test_a_margin_is_never_finer_than_clocks_are_and_never_guessed() -> None:
    assert margin([0.0] * 10, pairs=10, seed=1) == LEAST_MARGIN
    assert margin([0.3, -0.3], pairs=1, seed=1) == pytest.approx(exp(0.3) - 1)
    with pytest.raises(ValueError, match="A/A"):
        margin([], pairs=10, seed=1)
