"""Every proof counts, and nothing in one can be changed without the gate noticing."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasks.domain.candidates import CandidateState, ProofState
from tasks.domain.findings import Severity
from tasks.domain.verification.experiments.judgement import Sample, Verdict, judge
from tasks.domain.verification.experiments.plans import Arm, Benefit, Guard, Plan, arm_at
from tasks.domain.verification.gate import (
    Findings,
    Probes,
    Records,
    Rollback,
    Trial,
    gate,
)
from tests.soaked import WEB, box, soak

if TYPE_CHECKING:
    from collections.abc import Callable

PLAN = Plan(
    "confirm", ("c1", "c2"), (Benefit("faster", "seconds"),), (Guard("lean", "bytes", 0.1),), "s"
)


def _samples() -> tuple[Sample, ...]:
    """Take what an experiment on a platform that starts in two thirds of the time would take."""
    samples: list[Sample] = []
    while judge(PLAN, samples).verdict is Verdict.OPEN:
        for _ in range(2):
            number = len(samples) + 1
            arm = arm_at(PLAN, number)
            seconds = 10.0 + number / 100 if arm is Arm.BEFORE else 6.6
            measures = {"seconds": seconds, "bytes": 1e6}
            samples.append(Sample(number, arm, measures, float(number), evidence=(f"e{number}",)))
    return tuple(samples)


WHOLE = Records(
    "c1",
    ("f1",),
    Findings({"f1": Severity.MEDIUM, "f2": Severity.LOW}, {"f2": Severity.LOW}),
    Probes({"p": True, "q": True}, {"p": True, "q": True}, {"p": False, "q": False}),
    Trial(PLAN, _samples(), frozenset({"screening"})),
    Rollback(
        {"compose.yaml": "d1", "volume": "d2"}, {"compose.yaml": "d1", "volume": "d2"}, {"p": True}
    ),
)


def test_four_proofs_accept() -> None:
    found = gate(WHOLE)

    assert found.state is CandidateState.ACCEPTED
    assert {part: proof.state for part, proof in found.proofs.items()} == dict.fromkeys(
        ("finding", "probe", "ab", "rollback"), ProofState.PASSED
    )


@pytest.mark.parametrize("part", ["finding", "probe", "ab", "rollback"])
def test_without_one_of_them_it_stays_undecided_and_says_why(part: str) -> None:
    missing: dict[str, None] = {part: None}
    found = gate(replace(WHOLE, reasons={part: "no engine"}, **missing))  # type: ignore[arg-type]  # each part may be None

    assert found.state is CandidateState.UNDECIDED
    assert found.reason == f"{part}: no engine"


def _trial(**changes: object) -> Trial:
    assert WHOLE.ab is not None
    return dataclasses.replace(WHOLE.ab, **changes)  # type: ignore[arg-type]  # the cases are of many types


def _at(position: int, **changes: object) -> Trial:
    samples = list(_samples())
    samples[position] = dataclasses.replace(samples[position], **changes)  # type: ignore[arg-type]  # as above
    return _trial(samples=tuple(samples))


def _slow() -> Trial:
    """Change one number: of a sample that was faster, make one that was slower."""
    after = next(n for n, sample in enumerate(_samples()) if sample.arm is Arm.AFTER)
    return _at(after, measures={"seconds": 60.0, "bytes": 1e6})


def _exchanged() -> Trial:
    samples = list(_samples())
    samples[0], samples[1] = (
        replace(samples[0], measures=samples[1].measures),
        replace(samples[1], measures=samples[0].measures),
    )
    return _trial(samples=tuple(samples))


def _longer() -> Trial:
    samples = _samples()
    more = replace(samples[-1], position=len(samples) + 1, arm=arm_at(PLAN, len(samples) + 1))
    last = replace(samples[-1], position=len(samples) + 2, arm=arm_at(PLAN, len(samples) + 2))
    return _trial(samples=(*samples, more, last))


REJECTED: dict[str, Callable[[], Records]] = {
    "the finding is still there": lambda: replace(
        WHOLE, finding=Findings({"f1": Severity.LOW}, {"f1": Severity.LOW})
    ),
    "it was never there": lambda: replace(WHOLE, closes=("f9",)),
    "it closes nothing": lambda: replace(WHOLE, closes=()),
    "another one as severe came": lambda: replace(
        WHOLE, finding=Findings({"f1": Severity.MEDIUM}, {"f3": Severity.MEDIUM})
    ),
    "a probe fails after it": lambda: replace(
        WHOLE, probe=Probes({"p": True}, {"p": False}, {"p": False})
    ),
    "a probe failed before it": lambda: replace(
        WHOLE, probe=Probes({"p": False}, {"p": True}, {"p": False})
    ),
    "a probe is gone after it": lambda: replace(
        WHOLE, probe=Probes({"p": True, "q": True}, {"p": True}, {"p": False, "q": False})
    ),
    "a probe stays green on a stopped service": lambda: replace(
        WHOLE, probe=Probes({"p": True}, {"p": True}, {"p": True})
    ),
    "a probe was never tried on a stopped service": lambda: replace(
        WHOLE, probe=Probes({"p": True}, {"p": True}, {})
    ),
    "the plan names other candidates": lambda: replace(WHOLE, candidate="c9"),
    "samples that chose it are used again": lambda: replace(
        WHOLE, ab=_trial(seen=frozenset({"e3"}))
    ),
    "a sample without evidence": lambda: replace(WHOLE, ab=_at(2, evidence=())),
    "one number changed": lambda: replace(WHOLE, ab=_slow()),
    "samples exchanged": lambda: replace(WHOLE, ab=_exchanged()),
    "more samples than until the decision": lambda: replace(WHOLE, ab=_longer()),
    "fewer samples than until the decision": lambda: replace(
        WHOLE, ab=_trial(samples=_samples()[:-2])
    ),
    "another plan": lambda: replace(WHOLE, ab=_trial(plan=replace(PLAN, seed="t"))),
    "a file is not what it was": lambda: replace(
        WHOLE, rollback=Rollback({"compose.yaml": "d1"}, {"compose.yaml": "d9"}, {"p": True})
    ),
    "a volume is gone": lambda: replace(
        WHOLE,
        rollback=Rollback(
            {"compose.yaml": "d1", "volume": "d"}, {"compose.yaml": "d1"}, {"p": True}
        ),
    ),
    "a probe fails after undoing": lambda: replace(
        WHOLE, rollback=Rollback({"compose.yaml": "d1"}, {"compose.yaml": "d1"}, {"p": False})
    ),
}


@pytest.mark.parametrize("case", REJECTED)
def test_a_proof_that_does_not_carry_rejects_and_names_itself(case: str) -> None:
    found = gate(REJECTED[case]())

    assert found.state is CandidateState.REJECTED
    assert found.reason


def test_what_cannot_be_seen_in_time_stays_undecided() -> None:
    samples = [
        Sample(
            n, arm_at(PLAN, n), {"seconds": 10 + n % 3, "bytes": 1e6}, float(n), evidence=(f"e{n}",)
        )
        for n in range(1, PLAN.most_samples + 1)
    ]
    found = gate(replace(WHOLE, ab=_trial(samples=tuple(samples))))

    assert found.state is CandidateState.UNDECIDED
    assert "no benefit shown" in found.reason


def test_a_less_severe_new_finding_is_allowed() -> None:
    finding = Findings({"f1": Severity.HIGH}, {"f3": Severity.LOW})

    assert gate(replace(WHOLE, finding=finding)).state is CandidateState.ACCEPTED


SIZED = replace(WHOLE, sizes=("web",), soak=soak(WEB))


def test_a_size_is_accepted_only_with_a_soak_that_bore_it() -> None:
    none, killed = gate(replace(SIZED, soak=None)), soak(WEB, boxes=(box(WEB, killed=1),))
    dead = gate(replace(SIZED, soak=killed))

    assert gate(SIZED).state is CandidateState.ACCEPTED
    assert (none.state, none.reason) == (
        CandidateState.UNDECIDED,
        "finding: no soak was carried out with its limits on",
    )
    assert (dead.state, dead.reason) == (
        CandidateState.REJECTED,
        "finding: web ran out of memory in the soak",
    )


def test_a_soak_alone_closes_nothing() -> None:
    left = Findings({"f1": Severity.MEDIUM}, {"f1": Severity.MEDIUM})

    assert gate(replace(SIZED, finding=left)).state is CandidateState.REJECTED


def test_who_fits_no_size_needs_no_soak() -> None:
    killed = soak(WEB, boxes=(box(WEB, killed=1),))

    assert gate(replace(WHOLE, soak=killed)).state is CandidateState.ACCEPTED
