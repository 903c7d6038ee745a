"""What the samples say, as a pure function of the plan and the samples in their order.

The same function decides after each pair whether to go on, gives the verdict at the end,
and is called by the audit: there is no second way to a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.experiments.estimates import Ratio, log_ratios, ratio
from tasks.domain.verification.experiments.families import all_of, e_holm
from tasks.domain.verification.experiments.plans import Arm, arm_at
from tasks.domain.verification.experiments.sequential import process

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.verification.experiments.plans import Benefit, Guard, Plan


_SAFE = "every guard is shown, and nothing else was claimed"


class Verdict(StrEnum):
    """What an experiment says of its candidates."""

    SHOWN = "shown"
    HARMFUL = "harmful"
    NOT_SHOWN = "not shown"
    OPEN = "open"  # go on


@dataclass(frozen=True, slots=True)
class Sample:
    """One start of one arm. ``excluded`` is one of the plan's reasons, or empty."""

    position: int  # counted from 1
    arm: Arm
    measures: Mapping[str, float]
    at: float  # seconds since 1970, when it began
    excluded: str = ""
    evidence: tuple[str, ...] = ()  # digests of the raw material
    raw: Mapping[str, Any] = field(default_factory=dict)  # that material, where it is at hand


def sample_of(document: Mapping[str, Any]) -> Sample:
    """Read a sample from its plain form, as the ledger and a bundle keep it."""
    told = dict(document)
    return Sample(**told | {"arm": Arm(told["arm"]), "evidence": tuple(told["evidence"])})


@dataclass(frozen=True, slots=True)
class Judgement:
    """Verdict, what it rests on, and the figures. ``evidence`` and ``against`` are e-values."""

    verdict: Verdict
    reason: str
    pairs: int
    excluded: int
    held: frozenset[str]
    evidence: Mapping[str, float]
    against: Mapping[str, float]
    ratios: Mapping[str, Ratio]


class ProtocolError(Exception):
    """The samples are not those that the plan asked for."""


def judge(plan: Plan, samples: Sequence[Sample]) -> Judgement:
    """Judge ``samples`` by ``plan``.

    Benefits control the family-wise error, guards must all be shown; a guard that is shown to
    be broken makes the candidates harmful, whatever they gain. Only when all of that is shown are
    the benefits beside looked at: in this fixed order, each family may use the whole alpha.

    Raises:
        ProtocolError: too many samples, another order, or an unknown exclusion.
    """
    check(plan, samples)
    pairs, excluded = _pairs(samples)
    logs = {c.id: log_ratios([_both(c, *pair) for pair in pairs]) for c in plan.claims}
    evidence = {c.id: _last(process(logs[c.id], log(c.bound))) for c in plan.claims}
    against = {g.id: _last(process([-x for x in logs[g.id]], -log(g.bound))) for g in plan.guards}
    held = e_holm({b.id: evidence[b.id] for b in plan.benefits}, plan.alpha)
    safe = all_of({g.id: evidence[g.id] for g in plan.guards}, plan.alpha)
    broken = e_holm(against, plan.alpha)
    verdict, reason = _verdict(plan, held, broken, safe=safe, ended=_ended(plan, samples))
    if verdict is Verdict.SHOWN:
        held |= e_holm({b.id: evidence[b.id] for b in plan.beside}, plan.alpha)
    ratios = {name: ratio(values, plan.alpha) for name, values in logs.items() if values}
    return Judgement(verdict, reason, len(pairs), excluded, held, evidence, against, ratios)


def audit(plan: Plan, samples: Sequence[Sample]) -> Judgement:
    """Judge a finished experiment, and make sure that it ended when it should.

    Raises:
        ProtocolError: as `judge`; or it went on after the decision, or ended before it.
    """
    for end in range(2, len(samples), 2):
        if judge(plan, samples[:end]).verdict is not Verdict.OPEN:
            msg = f"the decision fell after sample {end}, and {len(samples)} were taken"
            raise ProtocolError(msg)
    found = judge(plan, samples)
    if found.verdict is Verdict.OPEN:
        msg = f"the experiment ended after {len(samples)} samples without a decision"
        raise ProtocolError(msg)
    return found


def check(plan: Plan, samples: Sequence[Sample]) -> None:
    """Raise `ProtocolError` unless the samples are a beginning of what the plan asks for."""
    if len(samples) > plan.most_samples:
        msg = f"{len(samples)} samples, and the plan allows {plan.most_samples}"
        raise ProtocolError(msg)
    for number, sample in enumerate(samples, start=1):
        if sample.position != number or sample.arm is not arm_at(plan, number):
            msg = f"sample {number} is not the one that the plan asks for there"
            raise ProtocolError(msg)
        if sample.excluded and sample.excluded not in plan.exclusions:
            msg = (
                f"sample {number} is excluded for {sample.excluded!r}, which the plan does not know"
            )
            raise ProtocolError(msg)
    if any(late.at < early.at for early, late in pairwise(samples)):
        msg = "samples are not in the order of their times"
        raise ProtocolError(msg)


def _verdict(
    plan: Plan, held: frozenset[str], broken: frozenset[str], *, safe: bool, ended: bool
) -> tuple[Verdict, str]:
    missing = sorted({b.id for b in plan.benefits} - held)
    if broken:
        return Verdict.HARMFUL, f"worse than its margin: {', '.join(sorted(broken))}"
    if safe and not missing:
        shown = "every benefit is shown, and every guard" if plan.benefits else _SAFE
        return Verdict.SHOWN, shown
    if not ended:
        return Verdict.OPEN, "more pairs are to come"
    what = f"no benefit shown for {', '.join(missing)}" if missing else "a guard is not shown"
    return Verdict.NOT_SHOWN, f"{what} within {plan.most_pairs} pairs"


def _ended(plan: Plan, samples: Sequence[Sample]) -> bool:
    return len(samples) >= plan.most_samples


def _pairs(samples: Sequence[Sample]) -> tuple[list[tuple[Sample, Sample]], int]:
    """Return the whole pairs as (before, after), and how many were left out."""
    kept, excluded = [], 0
    for first, second in zip(samples[::2], samples[1::2], strict=False):
        if first.excluded or second.excluded:
            excluded += 1
            continue
        kept.append((first, second) if first.arm is Arm.BEFORE else (second, first))
    return kept, excluded


def whole_pairs(samples: Sequence[Sample]) -> list[tuple[Sample, Sample]]:
    """Return the pairs that count, as (before, after)."""
    return _pairs(samples)[0]


def _both(claim: Benefit | Guard, before: Sample, after: Sample) -> tuple[float, float]:
    return before.measures[claim.measure], after.measures[claim.measure]


def _last(evidence: Iterable[float]) -> float:
    return max(evidence, default=1.0)
