"""When the programme itself says that somebody must decide, and when it keeps quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain import signals
from tasks.domain.interruptions import Kind
from tasks.domain.sentences import in_language, known
from tests.regressed import lookback

if TYPE_CHECKING:
    from collections.abc import Mapping

MEBI = 1 << 20
PLENTY = {"disk": 10_000 * MEBI, "memory": 10_000 * MEBI}
SPENT = {"wall-time": 50.0, "cpu-time": 20.0, "disk": 1000.0}
REST = {"wall-time": 30.0, "cpu-time": 5.0}


@pytest.mark.parametrize(
    ("free", "subjects"),
    [
        pytest.param({}, [], id="enough"),
        pytest.param({"disk": 512 * MEBI}, [], id="exactly the reserve"),
        pytest.param({"disk": 512 * MEBI - 1}, ["disk/0"], id="below it"),
        pytest.param({"disk": 200 * MEBI}, ["disk/1"], id="below half of it"),
        pytest.param({"disk": 100 * MEBI}, ["disk/2"], id="below a quarter"),
        pytest.param({"disk": 0, "memory": 0}, ["disk/30", "memory/30"], id="nothing left"),
    ],
)
def test_a_scarce_resource_is_raised_again_only_when_it_halves(
    free: Mapping[str, int], subjects: list[str]
) -> None:
    raised = list(signals.resources({**PLENTY, **free}, {}))

    assert [each.subject for each in raised] == subjects
    assert {each.kind for each in raised} <= {Kind.RESOURCES}


def test_the_users_own_reserve_counts_instead_of_ours() -> None:
    (told,) = signals.resources(PLENTY, {"disk": 20_000 * MEBI})

    assert "10000 MiB" in told.reason
    assert "20000 MiB" in told.reason


@pytest.mark.parametrize(
    ("budgets", "prices", "told"),
    [
        pytest.param({"wall-time": 80.0}, {}, "", id="it will just do"),
        pytest.param({"wall-time": 79.0}, {}, "will not suffice", id="forecast before it happens"),
        pytest.param({"wall-time": 49.0}, {}, "is exceeded", id="exceeded"),
        pytest.param({"cpu-time": 24.0}, {}, "will not suffice", id="time of the processor"),
        pytest.param({"disk": 999.0}, {}, "is exceeded", id="disk"),
        pytest.param({"money": 1.0}, {}, "", id="money without a price is not judged"),
        # 50 s at 36 an hour is 0.5; 80 s is 0.8
        pytest.param({"money": 0.7}, {"hour": 36.0}, "will not suffice", id="money"),
        pytest.param({"money": 0.4}, {"hour": 36.0}, "is exceeded", id="money spent"),
        pytest.param({"startup": 0.0}, {}, "", id="a budget of the platform, not of the run"),
    ],
)
def test_a_budget_is_compared_with_what_was_spent_and_what_is_forecast(
    budgets: Mapping[str, float], prices: Mapping[str, float], told: str
) -> None:
    raised = list(signals.costs(SPENT, REST, budgets, prices))

    assert [told in each.reason for each in raised] == ([True] if told else [])


def test_a_decision_on_a_budget_holds_until_the_budget_changes() -> None:
    before, later, raised_budget = (
        next(signals.costs(spent, REST, {"wall-time": budget}, {})).subject
        for spent, budget in ((SPENT, 60.0), ({**SPENT, "wall-time": 70.0}, 60.0), (SPENT, 70.0))
    )

    assert before == later != raised_budget


def test_only_news_stop_a_run_not_what_was_known_when_it_began() -> None:
    applying = {"image docker.io/a:1": "web", "image docker.io/b:2": "db"}

    (told,) = signals.news({"image docker.io/a:1"}, applying)

    assert "docker.io/b:2" in told.reason
    assert "db uses it" in told.reason
    assert list(signals.editions({"CIS": "1"}, {"CIS": "1"})) == []
    assert [each.subject for each in signals.editions({"CIS": "1"}, {"CIS": "2"})] == ["CIS 2"]


def test_a_program_counts_as_gone_only_if_a_finished_cell_had_it() -> None:
    used = {"git": ["verify/integration"], "helm": ["build/security"]}

    (told,) = signals.vanished(used, {"git", "kubectl"})

    assert told.subject == "program git"
    assert "verify/integration" in told.reason


def test_a_confirmed_regression_stops_a_run_once_with_all_its_measures() -> None:
    (told,) = signals.regressions(lookback())

    assert (told.kind, told.subject) == (Kind.PERFORMANCE, "green, healthy since run-0")
    assert told.reason.count("grew by") == 2
    assert [each["measure"] for each in told.detail["measures"]] == ["green", "healthy"]


@pytest.mark.parametrize("again", [1.0, None], ids=["chance", "not looked at again"])
def test_a_suspicion_alone_stops_nobody(again: float | None) -> None:
    assert list(signals.regressions(lookback(again=again))) == []


def test_side_by_side_cells_take_as_long_as_the_longest_chain() -> None:
    needs = {"a": (), "b": (), "c": ("a", "b"), "d": ("c",)}

    assert signals.longest({"a": 1.0, "b": 5.0, "c": 2.0}, needs) == 7.0
    assert signals.longest({}, {}) == 0.0


def test_every_reason_can_be_said_in_chinese() -> None:
    raised = [
        *signals.resources({"disk": 0, "memory": 0}, {}),
        *signals.costs(SPENT, REST, {"wall-time": 79.0, "disk": 1.0}, {}),
        *signals.news((), {"practice x": "web"}),
        *signals.editions({}, {"CIS": "2"}),
        *signals.vanished({"git": ["a"]}, {"git"}),
        *signals.regressions(lookback()),
    ]

    assert len(raised) == 8
    for each in raised:
        assert known(each.reason), each.reason
        assert in_language(each.reason, "zh") != each.reason
