from __future__ import annotations

import pytest

from tasks.domain.verification.load.knees import FINE, Step, knee, next_rate
from tasks.domain.verification.load.latencies import Summary


def _platform(capacity: float, rate: float) -> Step:
    """Answer as a queue with one server does (M/M/1): the tail grows as the load nears capacity."""
    through = min(rate, capacity)
    tail = 4.6 / (capacity - rate) if rate < capacity else 10.0
    return Step(rate, Summary(rate, through, 0, 1000, {0.99: tail}, 0.0))


@pytest.mark.parametrize("capacity", [37.0, 500.0, 1999.0])
def test_the_search_ends_near_where_the_tail_of_a_queue_is_five_times_longer(
    capacity: float,
) -> None:
    steps = [_platform(capacity, 10.0)]
    while (rate := next_rate(steps, 10_000)) is not None:
        steps.append(_platform(capacity, rate))

    found = knee(steps)
    true = capacity - (capacity - 10.0) / 5
    assert found.broken is not None
    assert found.carried <= true <= found.broken
    assert found.broken / found.carried <= FINE
    assert len(steps) < 15


def test_a_platform_that_carries_everything_has_no_known_knee() -> None:
    steps = [_platform(1e9, 10.0)]
    while (rate := next_rate(steps, 100)) is not None:
        steps.append(_platform(1e9, rate))

    assert knee(steps).broken is None
    assert knee(steps).carried == 80.0


def test_errors_and_missing_answers_break_a_rate_too() -> None:
    rest = _platform(100, 10)
    lossy = Step(20, Summary(20, 20, 100, 1000, {0.99: 0.01}, 0.0))
    choking = Step(20, Summary(20, 18, 0, 1000, {0.99: 0.01}, 0.0))

    assert knee([rest, lossy]).broken == 20
    assert knee([rest, choking]).broken == 20


def test_without_a_load_there_is_no_knee() -> None:
    with pytest.raises(ValueError, match="at least one"):
        knee([])
