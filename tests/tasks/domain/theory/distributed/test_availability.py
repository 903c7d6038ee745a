from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pytest

from tasks.domain.theory.distributed.availability import (
    ASSUMED_INSTANCE,
    MINUTES_A_MONTH,
    availability_of,
    parallel,
)
from tasks.domain.theory.distributed.needs import needs_of

if TYPE_CHECKING:
    from tests.tasks.domain.theory.distributed.conftest import MakePlatform

NEEDS = [("web", "api"), ("api", "db"), ("web", "cache"), ("api", "cache")]


def _enumerate(names: list[str], replicas: dict[str, int]) -> float:
    """Sum the probability of every state of every instance in which each service has one up."""
    instances = [(name, n) for name in names for n in range(replicas.get(name, 1))]
    total = 0.0
    for state in itertools.product([True, False], repeat=len(instances)):
        up = {name for (name, _), alive in zip(instances, state, strict=True) if alive}
        if up == set(names):
            total += math.prod(ASSUMED_INSTANCE if a else 1 - ASSUMED_INSTANCE for a in state)
    return total


@pytest.mark.parametrize("replicas", [{}, {"db": 2}, {"db": 3, "cache": 2}])
def test_a_door_is_as_available_as_enumerating_every_state_says(
    replicas: dict[str, int], make_platform: MakePlatform
) -> None:
    found = availability_of(needs_of(make_platform(NEEDS, replicas=replicas)))

    (door,) = found.doors
    expected = _enumerate(["web", "api", "db", "cache"], replicas)
    assert door.service == "web"
    assert door.availability == pytest.approx(expected, abs=1e-12)
    assert door.minutes == pytest.approx((1 - expected) * MINUTES_A_MONTH)


def test_single_points_are_ranked_by_what_a_second_instance_saves(
    make_platform: MakePlatform,
) -> None:
    needs = [("web", "api"), ("api", "db"), ("admin", "db")]

    found = availability_of(needs_of(make_platform(needs)))

    assert [point.service for point in found.single_points] == ["db", "api"]
    assert found.single_points[0].blast == ("admin", "api", "web")
    assert found.single_points[0].doors == ("admin", "web")


def test_a_second_instance_saves_what_the_closed_form_says(make_platform: MakePlatform) -> None:
    before = availability_of(needs_of(make_platform([("web", "db")])))
    after = availability_of(needs_of(make_platform([("web", "db")], replicas={"db": 2})))

    assert before.single_points[0].saved == pytest.approx(
        before.doors[0].minutes - after.doors[0].minutes
    )
    assert after.single_points == ()


def test_nothing_runs_on_zero_instances() -> None:
    assert parallel(0) == 0
