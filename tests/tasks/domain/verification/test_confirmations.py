from __future__ import annotations

import pytest

from tasks.domain.verification.confirmations import (
    FULL_PAIRS,
    QUICK_PAIRS,
    USUAL_MARGIN,
    Noise,
    foresight,
    plan_for,
)
from tasks.domain.verification.experiments.judgement import Sample, Verdict, judge
from tasks.domain.verification.experiments.plans import GREEN, HEALTHY, MEMORY, Arm, arm_at

KEPT = ("a", "b")
HARDER = ("drop-capabilities",)
SOONER = ("start-interval", "drop-capabilities")


def noise(*factors: float) -> Noise:
    """Starts that take ten seconds and a mebibyte, times ``factors``."""
    measures = ({"green": 10.0 * f, "healthy": 10.0 * f, "memory": 1e6 * f} for f in factors)
    return Noise(tuple(Sample(n, Arm.BEFORE, m, n) for n, m in enumerate(measures, start=1)))


def test_the_plan_is_the_same_each_time_and_another_for_other_changes_or_runs() -> None:
    made = plan_for(KEPT, noise(1, 1), {}, "run-1", quick=True, kinds=SOONER)

    assert plan_for(KEPT, noise(1, 1), {}, "run-1", quick=True, kinds=SOONER) == made
    assert plan_for(("a",), noise(1, 1), {}, "run-1", quick=True, kinds=SOONER).name != made.name
    assert plan_for(KEPT, noise(1, 1), {}, "run-2", quick=True, kinds=SOONER).seed != made.seed


def test_quick_looks_at_fewer_pairs() -> None:
    quick, full = (
        plan_for(KEPT, noise(1, 1), {}, "r", quick=each, kinds=SOONER) for each in (True, False)
    )

    assert (quick.most_pairs, full.most_pairs) == (QUICK_PAIRS, FULL_PAIRS)


@pytest.mark.parametrize(
    ("factors", "margins", "allowed"),
    [
        ((1, 1, 1), {}, USUAL_MARGIN),
        ((1, 1, 1), {"memory": 0.03}, 0.03),
        ((), {}, USUAL_MARGIN),
    ],
    ids=["quiet", "the user's", "no noise known"],
)
def test_the_margin_of_memory_is_the_user_s_or_the_usual_one(
    factors: tuple[float, ...], margins: dict[str, float], allowed: float
) -> None:
    (guard,) = plan_for(KEPT, noise(*factors), margins, "r", quick=True, kinds=SOONER).guards

    assert guard.measure == MEMORY
    assert guard.margin == pytest.approx(allowed)


def test_where_noise_alone_shows_more_that_is_the_margin() -> None:
    (guard,) = plan_for(
        KEPT, noise(1, 1.5, 1, 1.6), {"memory": 0.03}, "r", quick=True, kinds=SOONER
    ).guards

    assert guard.margin > 0.1


def test_less_noise_is_a_better_chance_to_see_a_tenth() -> None:
    quiet, loud = noise(1, 1.01, 1), noise(1, 1.5, 0.9)
    chances = [
        foresight(plan_for(KEPT, each, {}, "r", quick=True, kinds=SOONER), each).chance
        for each in (quiet, loud)
    ]

    assert chances[0] == pytest.approx(1.0)
    assert chances[1] < 0.9


def test_where_no_change_says_so_no_earlier_start_is_claimed_and_no_later_one_allowed() -> None:
    made = plan_for(KEPT, noise(1, 1), {"startup": 0.05}, "r", quick=True, kinds=HARDER)

    assert made.benefits == ()
    assert {each.measure: each.margin for each in made.guards} == {
        MEMORY: USUAL_MARGIN,
        GREEN: 0.05,
        HEALTHY: 0.05,
    }


@pytest.mark.parametrize(
    ("later", "verdict"), [(1.0, Verdict.SHOWN), (1.2, Verdict.HARMFUL), (1.06, Verdict.HARMFUL)]
)
def test_changes_that_claim_nothing_must_make_no_start_worse(
    later: float, verdict: Verdict
) -> None:
    made = plan_for(KEPT, noise(1, 1), {"startup": 0.05}, "r", quick=True, kinds=HARDER)
    samples = [
        Sample(n, arm, dict.fromkeys((GREEN, HEALTHY, MEMORY), 10.0 * factor), n)
        for n in range(1, made.most_samples + 1)
        for arm in (arm_at(made, n),)
        for factor in (later if arm is Arm.AFTER else 1.0,)
    ]
    ends = (judge(made, samples[:n]).verdict for n in range(2, len(samples) + 1, 2))

    assert next(each for each in ends if each is not Verdict.OPEN) is verdict


def test_less_noise_is_a_better_chance_to_see_that_nothing_is_later() -> None:
    quiet, loud = noise(1, 1.01, 1), noise(1, 1.5, 0.9)
    allowed = plan_for(KEPT, quiet, {}, "r", quick=True, kinds=HARDER)

    assert foresight(allowed, quiet).chance == pytest.approx(1.0)
    assert foresight(allowed, loud).chance < 0.5


@pytest.mark.parametrize("kinds", [SOONER, HARDER], ids=["sooner", "harder"])
def test_half_the_time_to_stop_is_claimed_where_signals_are_let_through(
    kinds: tuple[str, ...],
) -> None:
    def beside(*more: str) -> list[tuple[str, float]]:
        made = plan_for(KEPT, noise(1, 1), {}, "r", quick=False, kinds=(*kinds, *more))
        return [(each.measure, each.bound) for each in made.beside]

    assert beside() == []
    assert beside("exec-form") == [("stop", 0.5)]


def test_whatever_saves_work_in_a_start_claims_an_earlier_one() -> None:
    made = plan_for(KEPT, noise(1, 1), {}, "r", quick=True, kinds=("keep-byte-code", *HARDER))

    assert {each.measure for each in made.benefits} == {GREEN, HEALTHY}
