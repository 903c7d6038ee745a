from __future__ import annotations

from itertools import pairwise
from statistics import fmean, stdev

import pytest

from tasks.domain.verification.load.arrivals import Load, Pace, arrivals


def test_a_constant_pace_has_equal_gaps_and_the_asked_number() -> None:
    moments = arrivals(Load(50, 2, Pace.CONSTANT))

    assert len(moments) == 100
    assert moments[:3] == pytest.approx([0.0, 0.02, 0.04])


def test_a_poisson_pace_has_the_asked_rate_and_gaps_as_spread_as_they_are_long() -> None:
    moments = arrivals(Load(100, 100, Pace.POISSON, seed=4))
    gaps = [late - early for early, late in pairwise(moments)]

    assert len(moments) == pytest.approx(10_000, rel=0.04)
    assert fmean(gaps) == pytest.approx(stdev(gaps), rel=0.05)
    assert moments == sorted(moments)
    assert moments[-1] < 100


def test_the_moments_follow_from_the_seed_alone() -> None:
    assert arrivals(Load(20, 5, seed=1)) == arrivals(Load(20, 5, seed=1))
    assert arrivals(Load(20, 5, seed=1)) != arrivals(Load(20, 5, seed=2))


@pytest.mark.parametrize(("rate", "seconds"), [(0, 1), (1, 0), (-1, 1), (1e6, 60)])
def test_a_load_that_is_none_or_that_nobody_could_send_is_refused(
    rate: float, seconds: float
) -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        Load(rate, seconds)
