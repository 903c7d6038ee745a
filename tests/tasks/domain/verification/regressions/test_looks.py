from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from tasks.domain.verification.regressions.looks import SUSPICION, TooFewError, bars, count, law

NIGHTLY = 1 / 365 / 4


def test_a_pair_counts_when_it_is_larger_by_more_than_the_margin() -> None:
    assert count([10.0, 20.0], [10.5, 11.5, 22.0], 0.1) == 2
    assert count([10.0], [10.0, 11.0], 0.0) == 1


def test_of_six_earlier_starts_the_largest_hides_nothing() -> None:
    quiet = [10.0, 10.1, 10.2, 10.3, 10.4]

    assert count([*quiet, 99.0], [13.0], 0.1) == count([*quiet, 10.5], [13.0], 0.1) == 5
    assert count([*quiet[:4], 99.0], [13.0], 0.1) == 4  # of five it does


@pytest.mark.parametrize("sizes", [(2, 2, 3), (3, 1, 3), (6, 1, 1)])
def test_the_joint_law_is_that_of_all_orders_counted_one_by_one(
    sizes: tuple[int, int, int],
) -> None:
    then, first, _ = sizes
    chances = law(*sizes)
    seen = np.zeros(chances.shape)
    orders = list(permutations(range(sum(sizes))))
    for each in orders:
        early, late, fresh = each[:then], each[then : then + first], each[then + first :]
        seen[: count(early, late, 0) + 1, : count(early, fresh, 0) + 1] += 1

    assert np.allclose(chances, seen / len(orders))


@pytest.mark.parametrize(("then", "first"), [(3, 3), (5, 6), (5, 12), (3, 16)])
def test_one_look_alone_is_the_exact_test_of_mann_and_whitney(then: int, first: int) -> None:
    rng = np.random.default_rng(7)
    for _ in range(5):
        old, new = rng.normal(size=then), rng.normal(0.8, size=first)
        statistic = count(list(old), list(new), 0.0)
        exact = mannwhitneyu(new, old, alternative="greater", method="exact").pvalue

        assert law(then, first, 0)[statistic, 0] == pytest.approx(exact)


@pytest.mark.parametrize(("then", "first", "second"), [(6, 6, 12), (6, 3, 12), (3, 3, 16)])
def test_both_bars_keep_their_level_and_no_lower_ones_would(
    then: int, first: int, second: int
) -> None:
    found = bars(then, first, second, NIGHTLY)
    chances = law(then, first, second)

    assert found.chance <= SUSPICION < chances[found.first - 1, 0]
    assert found.both <= NIGHTLY < chances[found.first, found.second - 1]
    assert found.both > found.chance * chances[0, found.second]  # they share the earlier starts


def test_without_a_second_look_there_is_one_bar() -> None:
    assert bars(3, 3, 0, NIGHTLY).second == 0
    assert bars(3, 3, 0, NIGHTLY).first == 9


@pytest.mark.parametrize(("then", "first", "second"), [(2, 3, 12), (3, 3, 12), (1, 6, 24)])
def test_what_can_never_be_shown_is_refused(then: int, first: int, second: int) -> None:
    with pytest.raises(TooFewError):
        bars(then, first, second, NIGHTLY)
