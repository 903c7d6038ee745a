from __future__ import annotations

import json

import pytest

from tasks.domain.canonical import plain
from tasks.domain.findings import Severity
from tasks.domain.verification.experiments.judgement import Sample, Verdict, judge
from tasks.domain.verification.experiments.plans import Arm, Benefit, Guard, Plan, arm_at
from tasks.domain.verification.gate import Findings, Probes, Rollback, Trial
from tasks.domain.verification.records import (
    Record,
    evidence_of,
    experiment_of,
    raw_of,
    record_of,
    trial_of,
)
from tests.soaked import DB, WEB, soak

PLAN = Plan("set-1", ("c1",), (Benefit("faster", "green"),), (Guard("lean", "memory", 0.1),), "s")


def measured() -> Trial:
    samples: list[Sample] = []
    while judge(PLAN, samples).verdict is Verdict.OPEN:
        for _ in range(2):
            number = len(samples) + 1
            arm = arm_at(PLAN, number)
            measures = {"green": 9.0 + number / 10 if arm is Arm.BEFORE else 5.0, "memory": 1e6}
            raw = {"position": number, "measures": measures}
            samples.append(Sample(number, arm, measures, number, evidence=("e",), raw=raw))
    return Trial(PLAN, tuple(samples), frozenset({"x"}))


@pytest.mark.parametrize(
    "record",
    [
        Findings({"f1": Severity.HIGH}, {"f2": Severity.LOW}),
        Probes({"p": True}, {"p": False}, {"p": False}),
        Rollback({"file": "d1"}, {"file": "d2"}, {"p": True}),
        soak(WEB, DB),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_record_comes_back_from_its_evidence(record: Record) -> None:
    assert record_of(evidence_of(record).data) == record


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[1]",
        b"{",
        b'{"kind": "other"}',
        b'{"kind": "probes", "before": {}}',
        b'{"kind": "findings", "before": {"f": "worst"}, "after": {}}',
        b'{"kind": "findings", "before": 1, "after": {}}',
        b'{"kind": "soak", "margin": 0.1}',
        b'{"kind": "soak", "margin": 0.1, "before": [1], "after": [], "boxes": [], "watched": []}',
    ],
)
def test_what_is_no_record_is_none(data: bytes) -> None:
    assert record_of(data) is None


def test_an_experiment_comes_back_from_the_bundle_without_its_raw_material() -> None:
    trial = measured()
    told = json.loads(json.dumps(experiment_of(trial), allow_nan=False))
    again = trial_of(told)

    assert again.plan == trial.plan
    assert again.seen == trial.seen
    assert [plain(each) | {"raw": {}} for each in trial.samples] == [
        plain(each) for each in again.samples
    ]
    assert experiment_of(again) == told
    assert told["verdict"] == "shown"


def test_a_side_without_a_bound_is_none() -> None:
    told = experiment_of(measured())  # six pairs decide, and bound no interval of 95 %

    assert told["pairs"] == 6
    assert told["ratios"]["faster"]["high"] is None


def test_each_sample_s_raw_material_is_a_file_of_its_own() -> None:
    trial = measured()

    assert len({each.digest for each in raw_of(trial.samples)}) == len(trial.samples)
