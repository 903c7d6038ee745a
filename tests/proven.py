"""A bundle with a change that really has its four proofs: records, samples and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.canonical import digest
from tasks.domain.verification.experiments.judgement import Sample, Verdict, judge
from tasks.domain.verification.experiments.plans import Arm, Benefit, Guard, Plan, arm_at
from tasks.domain.verification.gate import Findings, Rollback, Trial
from tasks.domain.verification.records import experiment_of, raw_of
from tasks.domain.verification.sieves import Round
from tasks.domain.verification.trials import Compared, Returned, Tried, Whole, judged
from tests.bundles import CANDIDATES, FINDINGS, PATCH, contents
from tests.forgeries import closed

if TYPE_CHECKING:
    from tasks.domain.findings import Severity
    from tasks.domain.reporting.bundle import Bundle

MEMBER = CANDIDATES[0]
PLAN = Plan(
    "set-1",
    (MEMBER.id,),
    (Benefit("sooner", "green"), Benefit("healthy sooner", "healthy")),
    (Guard("memory", "memory", 0.1),),
    "5eed",
)
PROBES = {"web: port 80": True}
ASKED = {"web: port 80": "web"}


def trial(after: float = 6.0) -> Trial:
    """Measure as much as the plan wants, with raw material to each sample."""
    samples: list[Sample] = []
    while judge(PLAN, samples).verdict is Verdict.OPEN:
        for _ in range(2):
            position = len(samples) + 1
            arm = arm_at(PLAN, position)
            seconds = 10.0 + position / 100 if arm is Arm.BEFORE else after
            measures = {"green": seconds, "healthy": seconds + 1, "memory": 1e6, "cpu": 1.0}
            raw = {
                "plan": PLAN.name,
                "position": position,
                "arm": arm.value,
                "measures": measures,
                "host": {"load_before": 0.5, "load_after": 0.6, "foreign_seconds": 0.1},
            }
            samples.append(
                Sample(position, arm, measures, position, evidence=(digest(raw),), raw=raw)
            )
    return Trial(PLAN, tuple(samples))


def whole(after: float = 6.0) -> Whole:
    """Give everything that was tried with the one member of the set."""
    round_ = Round((MEMBER.id,), {}, ("web", "orders", "db"), PROBES, ASKED)
    tried = Tried(PROBES, {"web: port 80": False}, {MEMBER.id: ("web",)}, rounds=(round_,))
    before: dict[str, Severity] = {each.id: each.severity for each in FINDINGS}
    after_it = {name: each for name, each in before.items() if name not in MEMBER.closes}
    back = Rollback({"file compose.yaml": "d"}, {"file compose.yaml": "d"}, PROBES)
    return Whole(tried, Compared(trial(after)), Returned(back, Findings(before, after_it)))


def proven(after: float = 6.0) -> Bundle:
    """Seal a bundle in which the gate accepted the first candidate."""
    tried = whole(after)
    made, evidence = judged(CANDIDATES, {}, tried)
    compared = tried.compared.trial
    assert compared is not None
    base = contents()
    return closed(
        candidates=made,
        accepted=type(base.accepted)(PATCH, (MEMBER.id,)),
        proposed=type(base.proposed)(),
        experiments=(experiment_of(compared),),
        evidence=(*base.evidence, *evidence, *raw_of(compared)),
    )
