"""A bundle with a change that really has its four proofs: records, samples and all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.candidates import CandidateState
from tasks.domain.canonical import digest
from tasks.domain.findings import Severity
from tasks.domain.verification.experiments.judgement import Sample, Verdict, judge
from tasks.domain.verification.experiments.plans import Arm, Benefit, Guard, Plan, arm_at
from tasks.domain.verification.gate import Findings, Rollback, Trial
from tasks.domain.verification.records import experiment_of, raw_of
from tasks.domain.verification.sieves import Round
from tasks.domain.verification.trials import Compared, Returned, Tried, Whole, judged
from tests.bundles import CANDIDATES, FINDINGS, PATCH, contents, finding, text
from tests.forgeries import closed

if TYPE_CHECKING:
    from tasks.domain.candidates import Candidate
    from tasks.domain.evidence import Evidence
    from tasks.domain.reporting.bundle import Bundle
    from tasks.domain.verification.soaks import Soak

MEMBER = CANDIDATES[0]
PLAN = Plan(
    "set-1",
    (MEMBER.id,),
    (Benefit("sooner", "green"), Benefit("healthy sooner", "healthy")),
    (Guard("memory", "memory", 0.1),),
    "5eed",
)
# Beside it, one that fits a size.
UNFITTED = finding("size-unfitted", Severity.MEDIUM, 2, controls=())
FITTING = replace(MEMBER, id="fit-size-web", kind="fit-size", closes=(UNFITTED.id,))
PROBES = {"web: port 80": True}
ASKED = {"web: port 80": "web"}


def trial(after: float = 6.0, plan: Plan = PLAN, stop: float = 1.0) -> Trial:
    """Measure as much as the plan wants, with raw material to each sample.

    Where the plan asks how long it takes to stop, the changed one takes the share ``stop``.
    """
    samples: list[Sample] = []
    while judge(plan, samples).verdict is Verdict.OPEN:
        for _ in range(2):
            position = len(samples) + 1
            arm = arm_at(plan, position)
            seconds = 10.0 + position / 100 if arm is Arm.BEFORE else after
            measures = {"green": seconds, "healthy": seconds + 1, "memory": 1e6, "cpu": 1.0}
            if plan.beside:
                measures["stop"] = 30.0 * (1.0 if arm is Arm.BEFORE else stop)
            raw = {
                "plan": plan.name,
                "position": position,
                "arm": arm.value,
                "measures": measures,
                "host": {"load_before": 0.5, "load_after": 0.6, "foreign_seconds": 0.1},
            }
            samples.append(
                Sample(position, arm, measures, position, evidence=(digest(raw),), raw=raw)
            )
    return Trial(plan, tuple(samples))


def whole(after: float = 6.0, member: Candidate = MEMBER, soak: Soak | None = None) -> Whole:
    """Give everything that was tried with the one member of the set."""
    round_ = Round((member.id,), {}, ("web", "orders", "db"), PROBES, ASKED)
    tried = Tried(PROBES, {"web: port 80": False}, {member.id: ("web",)}, rounds=(round_,))
    before: dict[str, Severity] = {each.id: each.severity for each in (*FINDINGS, UNFITTED)}
    after_it = {name: each for name, each in before.items() if name not in member.closes}
    back = Rollback({"file compose.yaml": "d"}, {"file compose.yaml": "d"}, PROBES)
    found = trial(after, replace(PLAN, candidates=(member.id,)))
    return Whole(tried, Compared(found), Returned(back, Findings(before, after_it), soak))


def proven(
    after: float = 6.0,
    member: Candidate = MEMBER,
    soak: Soak | None = None,
    proofs: tuple[Evidence, ...] = (),
    **more: object,
) -> Bundle:
    """Seal a bundle in which the gate judged the one member of the set."""
    tried = whole(after, member, soak)
    made, evidence = judged((member, *CANDIDATES[1:]), {}, tried)
    compared = tried.compared.trial
    assert compared is not None
    base = contents()
    wins = made[0].state is CandidateState.ACCEPTED
    return closed(
        findings=(*FINDINGS, UNFITTED),
        texts={**base.texts, **{each.id: text(each.id) for each in (UNFITTED, member)}},
        candidates=made,
        accepted=type(base.accepted)(PATCH, (member.id,)) if wins else type(base.accepted)(),
        proposed=type(base.proposed)(),
        experiments=(experiment_of(compared),),
        evidence=(*base.evidence, *evidence, *raw_of(compared.samples), *proofs),
        **more,
    )
