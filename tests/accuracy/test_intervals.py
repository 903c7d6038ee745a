from __future__ import annotations

import pytest
from scipy.stats import binomtest

from tests.accuracy.intervals import clopper_pearson


@pytest.mark.parametrize(("successes", "trials"), [(0, 7), (7, 7), (236, 256), (1, 2), (94, 94)])
def test_the_interval_is_that_of_the_exact_binomial_test(successes: int, trials: int) -> None:
    low, high = clopper_pearson(successes, trials)
    exact = binomtest(successes, trials).proportion_ci(method="exact")

    assert low == pytest.approx(exact.low, abs=1e-9)
    assert high == pytest.approx(exact.high, abs=1e-9)
