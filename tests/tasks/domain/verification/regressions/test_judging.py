from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.domain.sentences import in_language, known
from tasks.domain.verification.regressions.judging import (
    Lookback,
    Standing,
    judge,
    regressions,
    seen_from,
    suspects,
    unassessed,
)
from tests.regressed import SLOWER, THEN, lookback, on, watch


def standings(found: Lookback) -> dict[str, Standing]:
    return {each.measure: each.standing for each in judge(found).rows}


def test_what_is_as_it_was_raises_no_suspicion() -> None:
    found = lookback(now=1.0, again=None)

    assert set(standings(found).values()) == {Standing.FINE}
    assert suspects(watch(), found.now) == ()
    assert list(regressions(found)) == []
    assert list(unassessed(found)) == []


def test_a_suspicion_that_fresh_starts_confirm_is_a_regression() -> None:
    found = lookback()
    judged = judge(found)
    green = judged.rows[0]

    assert standings(found) == {
        "green": Standing.WORSE,
        "healthy": Standing.WORSE,
        "memory": Standing.FINE,
        "cpu": Standing.FINE,
    }
    assert suspects(watch(), found.now) == ("green", "healthy")
    assert green.grown == pytest.approx(SLOWER - 1)
    assert green.both is not None
    assert green.both <= watch().level
    assert judged.alarms <= 1
    assert judged.suspicions > judged.alarms


def test_a_regression_is_told_with_its_figures_in_both_languages() -> None:
    told = dict(regressions(lookback()))

    assert told["green"] == (
        "Since programme run-0, the time until every probe is green grew by 30 %, from 10.05 s to "
        "13.07 s: suspected in 6 starts, confirmed in 12 fresh ones."
    )
    assert all(known(each) for each in told.values())
    assert "直到所有探测通过的时间增长了 30 %" in in_language(told["green"], "zh")


def test_the_figure_is_that_of_the_fresh_starts_which_raised_no_suspicion() -> None:
    found = judge(lookback(now=2.0, again=1.4))

    assert found.rows[0].grown == pytest.approx(0.4)


def test_a_suspicion_that_fresh_starts_do_not_confirm_was_chance() -> None:
    found = lookback(again=1.0)

    assert standings(found)["green"] is Standing.CHANCE
    assert list(regressions(found)) == []
    assert list(unassessed(found)) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (lookback(quick=True, again=None), "because of --quick"),
        (replace(lookback(again=None), obstacle="no engine"), "no engine"),
    ],
    ids=["quick", "the engine went"],
)
def test_a_suspicion_alone_is_no_regression_and_said_as_such(found: Lookback, said: str) -> None:
    items = list(unassessed(found))

    assert standings(found)["green"] is Standing.SUSPECTED
    assert list(regressions(found)) == []
    assert len(items) == 2
    assert all(said in each.reason for each in items)
    assert known(unassessed(lookback(quick=True, again=None)).__next__().reason)


def test_what_cannot_be_compared_is_not_judged() -> None:
    found = on(lookback(), engine="27.0")
    (item,) = unassessed(found)

    assert judge(found).rows == ()
    assert suspects(watch(), found.now) == ()
    assert "27.0" in item.reason


def test_without_an_earlier_programme_the_reason_is_listed_once() -> None:
    none = "no earlier programme of this platform measured its starts"
    found = Lookback(now=lookback().now, reason=none)

    assert [each.reason for each in unassessed(found)] == [none]
    assert list(unassessed(Lookback())) == []
    assert "Mend" in next(unassessed(Lookback(reason="no engine"))).remedy


def test_half_a_second_look_confirms_nothing() -> None:
    found = lookback()

    assert standings(replace(found, again=found.again[:-1]))["green"] is Standing.SUSPECTED


def test_more_scatter_needs_a_larger_growth_to_be_seen() -> None:
    quiet, loud = seen_from(watch(), "green"), seen_from(watch([9, 14, 8, 12, 10, 15]), "green")

    assert quiet is not None
    assert loud is not None
    assert 0.1 < quiet < 0.3 < loud
    assert seen_from(watch(), "memory") == pytest.approx(0.11)  # nothing but the margin
    assert seen_from(watch([1, 90, 2, 80, 1, 95]), "green") is None
    assert len(THEN) == 6
