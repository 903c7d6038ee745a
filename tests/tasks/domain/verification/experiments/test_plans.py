from __future__ import annotations

import dataclasses
import json

import pytest

from tasks.domain.canonical import plain
from tasks.domain.verification.experiments.plans import (
    Arm,
    Benefit,
    Guard,
    Plan,
    arm_at,
    plan_of,
)

PLAN = Plan(
    "confirm",
    ("c1", "c2"),
    (Benefit("faster", "start seconds", 0.3),),
    (Guard("memory", "memory bytes", 0.05),),
    seed="7f",
)


def test_each_pair_has_both_arms_and_chance_decides_which_comes_first() -> None:
    pairs = [(arm_at(PLAN, n), arm_at(PLAN, n + 1)) for n in range(1, 400, 2)]

    assert all(set(pair) == set(Arm) for pair in pairs)
    first = sum(pair[0] is Arm.BEFORE for pair in pairs)
    assert 70 <= first <= 130


def test_the_order_follows_from_the_plan_alone_and_differs_between_seeds() -> None:
    other = dataclasses.replace(PLAN, seed="80")
    order = [arm_at(PLAN, n) for n in range(1, 61)]

    assert order == [arm_at(PLAN, n) for n in range(1, 61)]
    assert order != [arm_at(other, n) for n in range(1, 61)]


@pytest.mark.parametrize(
    "change",
    [
        {"benefits": ()},
        {"alpha": 0.0},
        {"alpha": 1.0},
        {"most_pairs": 0},
        {"guards": (Guard("memory", "memory bytes", -1.0),)},
        {"guards": (Guard("faster", "memory bytes", 0.05),)},
        {"benefits": (Benefit("faster", "start seconds", 1.0),)},
    ],
)
def test_a_plan_that_could_accept_without_evidence_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="confirm"):
        dataclasses.replace(PLAN, **change)  # type: ignore[arg-type]  # the cases are of many types


def test_bounds_are_the_ratios_that_are_tested() -> None:
    assert [claim.bound for claim in PLAN.claims] == pytest.approx([0.7, 1.05])
    assert PLAN.most_samples == 60


def test_a_plan_comes_back_from_the_ledger_as_it_was() -> None:
    assert plan_of(json.loads(json.dumps(plain(PLAN)))) == PLAN
