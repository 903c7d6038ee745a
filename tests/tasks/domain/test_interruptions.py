"""The kinds of the execution guide, and which ways out each has."""

from __future__ import annotations

import json

import pytest

from tasks.domain.canonical import plain
from tasks.domain.interruptions import (
    KINDS,
    Answer,
    Choice,
    Kind,
    Nature,
    Strategy,
    answer_of,
    offered,
)
from tasks.domain.programme import CELLS

TECHNICAL = {"technology", "vulnerability", "performance", "cost"}
BUSINESS = {"strategy", "market", "resources", "compliance"}


def test_there_are_the_eight_kinds_of_the_guide_four_of_each_nature() -> None:
    natures = {kind.value: KINDS[kind].nature for kind in Kind}

    assert {name for name, nature in natures.items() if nature is Nature.TECHNICAL} == TECHNICAL
    assert {name for name, nature in natures.items() if nature is Nature.BUSINESS} == BUSINESS


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        pytest.param((Kind.COST,), ["assess", "mitigate", "adjust-plan", "train"], id="technical"),
        pytest.param(
            (Kind.MARKET,),
            ["assess-impact", "alternatives", "move-resources", "communicate"],
            id="business",
        ),
        pytest.param((Kind.MARKET, Kind.STRATEGY, Kind.COST), [*Strategy], id="both"),
    ],
)
def test_the_strategies_offered_are_those_of_the_reasons(
    kinds: tuple[Kind, ...], expected: list[str]
) -> None:
    assert [str(each) for each in offered(kinds)] == [str(each) for each in expected]


def test_what_a_kind_concerns_are_cells_of_the_programme() -> None:
    known = {cell.id for cell in CELLS}

    assert {cell for trait in KINDS.values() for cell in trait.concerns} <= known


def test_the_kinds_that_are_watched_are_those_with_a_signal() -> None:
    watched = {kind for kind, trait in KINDS.items() if trait.watched}

    signals = {Kind.TECHNOLOGY, Kind.PERFORMANCE, Kind.COST, Kind.RESOURCES, Kind.COMPLIANCE}
    assert watched == signals


def test_an_answer_survives_being_written_down() -> None:
    given = Answer(
        Choice.REPLAN, "kim", "too dear", (Strategy.ADJUST_PLAN,), quick=True, without=("edge",)
    )

    assert answer_of(json.loads(json.dumps(plain(given)))) == given
