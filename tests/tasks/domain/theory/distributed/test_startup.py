from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tasks.domain.platform.containers import HealthProbe
from tasks.domain.platform.nodes import Place
from tasks.domain.theory.distributed.startup import first_probe, start_up

if TYPE_CHECKING:
    from tests.tasks.domain.theory.distributed.conftest import MakePlatform

CHAIN = [("web", "api"), ("api", "db")]


def _probe(tick: int, start: int, interval: float) -> bool:
    """Tell whether a monitor that started at ``start`` looks now, and the process answers."""
    return tick - start >= 10 and (tick - start) % round(interval * 10) == 0


def _simulate(needs: list[tuple[str, str]], intervals: dict[str, float]) -> float:
    """Step a clock in tenths: a process answers after 1 s, its monitor looks each interval."""
    names = {name for need in needs for name in need}
    started: dict[str, int] = {}
    healthy: set[str] = set()
    for tick in range(10_000):
        healthy |= {name for name, start in started.items() if _probe(tick, start, intervals[name])}
        for name in names - set(started):
            if {t for s, t in needs if s == name} <= healthy:
                started[name] = tick
        if set(started) == names:
            return max(started.values()) / 10
    raise AssertionError("the platform never started")


def test_each_gate_of_a_chain_adds_its_first_probe(make_platform: MakePlatform) -> None:
    found = start_up(make_platform(CHAIN, intervals={"db": 5, "api": 10, "web": 30}))

    assert found.path == ("db", "api", "web")
    assert found.seconds == 15
    assert found.best == 2
    assert found.levels == 3
    assert [(g.service, g.wait, g.lost) for g in found.gates] == [("api", 10, 9), ("db", 5, 4)]


@pytest.mark.parametrize("seed", range(25))
def test_the_critical_path_equals_a_simulation_with_a_clock(
    seed: int, make_platform: MakePlatform
) -> None:
    chance = random.Random(seed)
    names = [f"s{n}" for n in range(7)]
    needs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if chance.random() < 0.3]
    needs += [("s0", "s6")]
    intervals = {name: chance.choice([0.5, 1.0, 2.0, 3.0, 5.0, 7.0]) for name in names}

    found = start_up(make_platform(needs, intervals=intervals))

    assert found.seconds == pytest.approx(_simulate(needs, intervals))


def test_a_dependency_that_only_wants_a_start_adds_nothing(make_platform: MakePlatform) -> None:
    found = start_up(make_platform([("web", "db", "service_started")], intervals={"db": 30}))

    assert found.seconds == 0
    assert found.gates == ()


def test_services_that_wait_for_each_other_are_named_and_left_out(
    make_platform: MakePlatform,
) -> None:
    needs = [("a", "b"), ("b", "a"), ("web", "db")]

    found = start_up(make_platform(needs, intervals={"db": 5}))

    assert found.circles == (("a", "b"),)
    assert found.seconds == 5


@pytest.mark.parametrize(
    ("period", "start_interval", "interval", "first"),
    [
        pytest.param(None, None, None, 30.0, id="nothing written"),
        pytest.param(None, None, 5.0, 5.0, id="interval"),
        pytest.param(None, 1.0, 5.0, 5.0, id="a start interval without a period has no effect"),
        pytest.param(20.0, None, 30.0, 5.0, id="a period alone: the engine's default of 5 s"),
        pytest.param(20.0, 0.5, 30.0, 0.5, id="both"),
    ],
)
def test_the_first_probe_comes_as_the_engine_schedules_it(
    period: float | None, start_interval: float | None, interval: float | None, first: float
) -> None:
    probe = HealthProbe(
        "health",
        Place("c", 1, 1),
        "",
        interval=interval,
        start_period=period,
        start_interval=start_interval,
    )

    assert first_probe(probe) == first
