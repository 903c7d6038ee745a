from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.verification.starts import (
    HEALTHY,
    Moments,
    critical_path,
    phases,
    start_of,
)

# The sample stack as it was measured (medians of ten cold starts), seconds after `up`.
STORE = {"postgres": HEALTHY, "redis": HEALTHY}
MEASURED = (
    Moments("postgres", 0.17, 0.71, 3.05, 10.82),
    Moments("redis", 0.16, 1.11, 1.13, 11.17),
    Moments("rabbitmq", 0.17, 0.45, 4.09, 10.99),
    Moments("catalog", 0.19, 12.18, 12.67, 22.26, needs=STORE),
    Moments("orders", 0.19, 12.35, 12.86, 22.43, needs={**STORE, "rabbitmq": HEALTHY}),
    Moments("gateway", 0.2, 23.25, 23.25, 53.31, needs={"catalog": HEALTHY, "orders": HEALTHY}),
)


def test_the_critical_path_of_the_measured_stack_is_named_and_adds_up() -> None:
    start = start_of(MEASURED, 53.75, 53.7)

    assert [each.service for each in start.path if each.phase == "health"] == [
        "redis",
        "orders",
        "gateway",
    ]
    assert start.explained == pytest.approx(53.7)
    assert start.gap < 0.02
    longest = max(start.path, key=lambda each: each.seconds)
    assert (longest.service, longest.phase) == ("gateway", "health")
    assert longest.seconds == pytest.approx(30.06)


def test_the_path_has_no_gap() -> None:
    path = critical_path(MEASURED, 53.7)

    assert path[0].begin == 0.0
    assert path[-1].end == 53.7
    assert all(a.end == pytest.approx(b.begin) for a, b in pairwise(path))


def test_a_service_waits_at_its_gate_and_then_for_the_engine() -> None:
    known = {each.service: each for each in MEASURED}
    found = {each.phase: each.seconds for each in phases(known["orders"], known)}

    assert found["gate"] == pytest.approx(11.17 - 0.19)
    assert found["start"] == pytest.approx(12.35 - 11.17)
    assert found["ready"] == pytest.approx(0.51)
    assert found["health"] == pytest.approx(9.57)


def test_healthy_before_it_answers_is_a_dishonest_check() -> None:
    rabbit = Moments("rabbitmq", 0.1, 0.4, ready=4.6, healthy=2.6)
    honest = Moments("redis", 0.1, 0.4, ready=0.5, healthy=0.55)

    assert start_of((rabbit, honest), 5.0, 5.0).dishonest == ("rabbitmq",)
    assert rabbit.usable == 4.6
    assert rabbit.released(HEALTHY) == 2.6


def test_a_service_without_a_check_is_usable_when_it_answers_or_runs() -> None:
    assert Moments("a", 0.1, 0.2, ready=0.9).usable == 0.9
    assert Moments("a", 0.1, 0.2).usable == 0.2
    assert Moments("a").usable is None
    assert critical_path([Moments("a")], 1.0) == ()


def test_a_circle_of_needs_ends() -> None:
    circle = [
        Moments("a", 0.1, 1.0, 2.0, needs={"b": "service_started"}),
        Moments("b", 0.1, 1.5, 2.5, needs={"a": "service_started"}),
    ]

    assert critical_path(circle, 3.0)[-1].end == 3.0


@settings(max_examples=60)
@given(st.data())
def test_phases_of_any_start_add_up_to_when_all_was_green(data: st.DataObject) -> None:
    gap = st.floats(0.001, 20)
    known: dict[str, Moments] = {}
    for name in "abcdef":
        needs = data.draw(st.lists(st.sampled_from(sorted(known)), unique=True)) if known else []
        created = data.draw(gap)
        gate = max((known[n].healthy or 0.0 for n in needs), default=0.0)
        started = max(created, gate) + data.draw(gap)
        ready = started + data.draw(gap)
        healthy = started + data.draw(gap)  # honest or not
        wanted = dict.fromkeys(needs, HEALTHY)
        known[name] = Moments(name, created, started, ready, healthy, needs=wanted)
    green = max(each.usable or 0.0 for each in known.values()) + data.draw(gap)

    path = critical_path(list(known.values()), green)

    assert sum(each.seconds for each in path) == pytest.approx(green)
    assert all(each.seconds >= 0 for each in path)
