from __future__ import annotations

import random

import pytest

from tasks.domain.verification.sizing import (
    MEBIBYTE,
    Prices,
    Size,
    TooShortError,
    killed,
    month,
    saved,
    size,
    throttled,
    usual,
)


def _use(seed: int, *, burst: float = 0.0, grows: float = 0.0) -> tuple[list[int], list[float]]:
    """Watch a service for ten minutes: a level, noise, rare bursts, perhaps growth."""
    chance = random.Random(seed)
    memory, cores = [], []
    for second in range(600):
        high = chance.random() < 0.02
        level = 100 + grows * second / 600 + chance.gauss(0, 2) + (burst if high else 0)
        memory.append(int(level * MEBIBYTE))
        cores.append(max(0.0, 0.2 + chance.gauss(0, 0.02) + (0.3 if high else 0)))
    return memory, cores


@pytest.mark.parametrize("seed", range(20))
def test_a_limit_survives_other_runs_of_the_same_service(seed: int) -> None:
    found = size(*_use(seed, burst=40))
    other_memory, other_cores = _use(seed + 1000, burst=40)

    assert killed(found, other_memory) == 0
    assert throttled(found, other_cores) < 0.02
    assert found.memory_limit < 2.5 * 100 * MEBIBYTE


def test_what_varies_gets_more_room_than_what_is_steady() -> None:
    steady, bursting = (size(*_use(1, burst=each)) for each in (0, 60))

    assert steady.memory_limit < 125 * MEBIBYTE
    assert bursting.memory_limit > 160 * MEBIBYTE


def test_figures_are_whole_and_in_order() -> None:
    found = size(*_use(2, burst=20, grows=30))

    assert found.memory_limit % MEBIBYTE == found.memory_request % MEBIBYTE == 0
    assert found.memory_request <= found.memory_limit
    assert found.cpu_limit is not None
    assert found.cpu_request <= found.cpu_limit
    assert found.cpu_request == round(found.cpu_request, 2)


def test_the_usual_rule_is_as_its_tools_say() -> None:
    memory = [MEBIBYTE * n for n in range(1, 101)]
    cores = [n / 100 for n in range(1, 101)]

    assert usual(memory, cores) == Size(115 * MEBIBYTE, 115 * MEBIBYTE, 0.95, None)


def test_an_idle_service_still_gets_what_a_process_needs() -> None:
    found = size([MEBIBYTE] * 100, [0.0] * 100)

    assert found.memory_limit == 16 * MEBIBYTE
    assert found.cpu_request == 0.02


def test_too_short_a_look_sizes_nothing() -> None:
    with pytest.raises(TooShortError, match="59 samples"):
        size([1] * 59, [0.1] * 100)


def test_a_month_costs_what_is_requested() -> None:
    one = Size(2 << 30, 4 << 30, 0.5, None)

    assert month(one, Prices(0.04, 0.005), replicas=2) == pytest.approx(
        2 * 730 * (0.5 * 0.04 + 2 * 0.005)
    )


def test_only_services_that_are_priced_twice_count_as_saved() -> None:
    assert saved({"a": 10, "gone": 90}, {"a": 7, "new": 1}) == pytest.approx(0.3)
    with pytest.raises(ValueError, match="No service"):
        saved({"a": 10}, {"b": 1})
