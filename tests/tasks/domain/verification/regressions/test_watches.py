from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tasks.domain.canonical import plain
from tasks.domain.sentences import in_language, known
from tasks.domain.verification.regressions.looks import TooFewError
from tasks.domain.verification.regressions.records import planned
from tasks.domain.verification.regressions.watches import (
    LEAST_FRESH,
    MOST_FRESH,
    Budget,
    Former,
    incomparable,
    others,
    watch_for,
    watch_of,
)
from tests.regressed import HERE, IMAGES, THEN, lookback, on, starts, watch


def test_the_level_is_the_years_budget_over_programmes_and_measures() -> None:
    made = watch()

    assert set(made.margins) == {"green", "healthy", "memory", "cpu"}
    assert made.level == pytest.approx(1 / 365 / 4)
    assert made.bars.both * 365 * 4 <= 1
    weekly = watch_for(Former("r", starts(THEN)), {}, Budget(1, 52), quick=False)
    assert weekly.level > made.level
    assert weekly.bars.second < made.bars.second


def test_the_margins_are_the_users_or_a_tenth() -> None:
    made = watch_for(Former("r", starts(THEN)), {"startup": 0.2, "cpu": 0.5}, Budget(), quick=False)

    assert made.margins == {"green": 0.2, "healthy": 0.2, "memory": 0.1, "cpu": 0.5}


def test_what_programmes_differ_by_themselves_is_allowed_as_well() -> None:
    """Five steps of a tenth up and down; before that, nobody can tell."""
    days = tuple(starts([each * (1.1 if n % 2 else 1.0) for each in THEN]) for n in range(1, 6))
    restless = Former("r", starts(THEN), before=days)
    moved = watch_for(restless, {}, Budget(), quick=False)
    few = watch_for(replace(restless, before=days[:-1]), {}, Budget(), quick=False)
    once = (*[starts(THEN)] * 5, starts([2 * each for each in THEN]))
    grown = watch_for(replace(restless, before=once), {}, Budget(), quick=False)

    assert moved.margins["green"] == pytest.approx(1.1 ** (3.2 / 0.6745) - 1)
    assert moved.margins["memory"] == 0.1
    assert few.margins["green"] == 0.1
    assert grown.margins["green"] == 0.1  # a past regression does not count


def test_fewer_earlier_starts_take_more_fresh_ones() -> None:
    assert watch().second == LEAST_FRESH
    assert LEAST_FRESH < watch(THEN[:3]).second <= MOST_FRESH
    assert watch(quick=True).second == 0


@pytest.mark.parametrize(
    ("then", "budget"), [(THEN[:2], Budget()), (THEN[:1], Budget()), (THEN, Budget(0.001, 3650))]
)
def test_what_can_show_nothing_is_refused_with_a_reason(
    then: tuple[float, ...], budget: Budget
) -> None:
    with pytest.raises(TooFewError, match="earlier starts are too few") as found:
        watch_for(Former("r", starts(then)), {}, budget, quick=False)

    assert known(str(found.value))


@pytest.mark.parametrize(
    ("name", "value"),
    [("protocol", "2"), ("engine", "27.0.0"), ("processor", "y"), ("processors", 4)],
)
def test_other_conditions_cannot_be_compared(name: str, value: object) -> None:
    found = lookback()
    other = on(found, **{name: value})
    why = incomparable(starts(THEN), other.now)

    assert str(value) in why
    assert known(why)
    assert in_language(why, "zh") != why
    assert incomparable(starts(THEN), found.now) == ""


def test_starts_that_do_not_say_where_they_were_measured_are_compared_with_nothing() -> None:
    silent = starts(THEN, conditions={})

    assert known(incomparable(silent, starts(THEN)))
    assert incomparable(starts(THEN), silent) == incomparable(silent, starts(THEN))


def test_other_images_are_compared_and_named() -> None:
    new = starts(THEN, conditions=HERE | {"images": {"web": "sha256:9", "db": "sha256:2"}})
    gone = starts(THEN, conditions=HERE | {"images": {"db": "sha256:2"}})

    assert incomparable(starts(THEN), new) == ""
    assert others(starts(THEN), new) == ("web",)
    assert others(starts(THEN), gone) == ("web",)
    assert others(starts(THEN), starts(THEN, conditions=HERE | IMAGES)) == ()
    assert others(starts(THEN), ()) == ("db", "web")


def test_a_watch_is_read_back_as_it_was_written_and_no_other() -> None:
    made = watch()
    raws = {each.evidence[0]: each.raw for each in made.then}

    assert plain(watch_of(planned(made), raws)) == plain(made)
    forgeries: tuple[dict[str, Any], ...] = (
        {"second": 10_000},
        {"first": 99},
        {"margins": {}},
        {"margins": {"x": 0.1}},
        {"budget": Budget(0, 365)},
    )
    for forged in forgeries:
        with pytest.raises(ValueError, match="none that a programme plans"):
            replace(made, **forged)
