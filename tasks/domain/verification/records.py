"""Raw records of proofs as the evidence and experiments of a bundle, and read back from there."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

from tasks.domain.canonical import canonical_json, plain
from tasks.domain.evidence import Evidence
from tasks.domain.findings import Severity
from tasks.domain.verification.experiments.judgement import audit, sample_of
from tasks.domain.verification.experiments.plans import plan_of
from tasks.domain.verification.gate import Findings, Probes, Rollback, Trial
from tasks.domain.verification.soaks import Soak, soak_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tasks.domain.verification.experiments.estimates import Ratio
    from tasks.domain.verification.experiments.judgement import Sample

Record: TypeAlias = Findings | Probes | Rollback | Soak
_KINDS: Mapping[str, type[Record]] = {
    "findings": Findings,
    "probes": Probes,
    "rollback": Rollback,
    "soak": Soak,
}


def evidence_of(record: Record) -> Evidence:
    """Serialise a record of a proof; the same record is the same evidence."""
    kind = next(name for name, each in _KINDS.items() if isinstance(record, each))
    return Evidence(canonical_json({"kind": kind, **plain(record)}), "json")


def record_of(data: bytes) -> Record | None:
    """Read a record of a proof; None when it is none."""
    try:
        told: Any = json.loads(data)
    except (ValueError, RecursionError):
        return None
    kind = _KINDS.get(told.pop("kind", "")) if isinstance(told, dict) else None
    if kind is None:
        return None
    try:
        made = soak_of(told) if kind is Soak else kind(**told)
        if isinstance(made, Findings):
            return Findings(_severities(made.before), _severities(made.after))
    except (TypeError, ValueError, AttributeError, KeyError):
        return None
    return made


def _severities(found: Mapping[str, str]) -> dict[str, Severity]:
    return {name: Severity(each) for name, each in found.items()}


def raw_of(samples: Iterable[Sample]) -> Iterator[Evidence]:
    """Give the raw material of samples, each a file of its own."""
    for each in samples:
        if each.raw:
            yield Evidence(canonical_json(each.raw), "json")


def experiment_of(trial: Trial) -> dict[str, Any]:
    """Record an experiment: plan, samples in their order, verdict and figures."""
    found = audit(trial.plan, trial.samples)
    return {
        "plan": plain(trial.plan),
        "samples": [bare(each) for each in trial.samples],
        "seen": sorted(trial.seen),
        "verdict": found.verdict.value,
        "reason": found.reason,
        "pairs": found.pairs,
        "excluded": found.excluded,
        "held": sorted(found.held),
        "evidence": plain(found.evidence),
        "ratios": {name: _ratio(each) for name, each in found.ratios.items()},
    }


def trial_of(experiment: Mapping[str, Any]) -> Trial:
    """Read an experiment back.

    Raises:
        KeyError, TypeError, ValueError: it is not in the shape of one.
    """
    samples = tuple(sample_of({**each, "raw": {}}) for each in experiment["samples"])
    return Trial(plan_of(experiment["plan"]), samples, frozenset(experiment["seen"]))


def bare(sample: Sample) -> dict[str, Any]:
    """Give a sample's plain form without its raw material, which its digests name."""
    return {name: each for name, each in plain(sample).items() if name != "raw"}


def _ratio(ratio: Ratio) -> dict[str, Any]:
    """A side without a bound is told as none: JSON has no infinity."""
    low = ratio.low if ratio.low > 0 else None
    high = ratio.high if isfinite(ratio.high) else None
    return {"value": ratio.value, "low": low, "high": high, "pairs": ratio.pairs}
