"""Audit of what was measured: each experiment judged again, each proof from its raw records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tasks.domain.audit import Disagreement
from tasks.domain.candidates import ProofState
from tasks.domain.verification.experiments.judgement import ProtocolError
from tasks.domain.verification.gate import Findings, Probes, Records, Rollback, gate
from tasks.domain.verification.records import experiment_of, record_of, trial_of
from tasks.domain.verification.soaks import Soak, sized

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.reporting.bundle import Bundle
    from tasks.domain.reporting.records import Record
    from tasks.domain.verification.experiments.judgement import Sample
    from tasks.domain.verification.gate import Trial

_TOLD = ("verdict", "reason", "pairs", "excluded", "evidence", "ratios")


def audit(bundle: Bundle) -> Iterator[Disagreement]:
    """Believe no verdict: plan and samples give it again, and the gate the proofs."""
    trials: dict[str, Trial] = {}
    for number, experiment in enumerate(bundle.document["experiments"]):
        where = f"experiments[{number}]"
        try:
            trial = trial_of(experiment)
            again = experiment_of(trial)
        except (KeyError, TypeError, ValueError, ProtocolError) as error:
            yield Disagreement(where, f"is not an experiment that kept its plan: {error}")
            continue
        trials |= dict.fromkeys(trial.plan.candidates, trial)
        for name in _TOLD:
            if experiment.get(name) != again[name]:
                yield Disagreement(where, f"says of {name} what its samples do not say")
        for sample in trial.samples:
            yield from _raw(where, trial, sample, bundle)
    for each in bundle.document["candidates"]:
        yield from _proofs(each, trials, bundle)


def _raw(where: str, trial: Trial, sample: Sample, bundle: Bundle) -> Iterator[Disagreement]:
    """A sample says what its raw material says."""
    said = {
        "plan": trial.plan.name,
        "position": sample.position,
        "arm": sample.arm.value,
        "measures": dict(sample.measures),
    }
    for digest in sample.evidence:
        raw = _document(bundle.files.get(f"evidence/{digest}.json", b""))
        if {name: raw.get(name) for name in said} != said:
            yield Disagreement(where, f"sample {sample.position} is not what its evidence says")


def _document(data: bytes) -> Mapping[str, Any]:
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _proofs(
    candidate: Record, trials: Mapping[str, Trial], bundle: Bundle
) -> Iterator[Disagreement]:
    """Let the gate judge again what rests on records that are here."""
    found = {
        type(record): record
        for proof in candidate["proofs"].values()
        for digest in proof["evidence"]
        if (record := record_of(bundle.files.get(f"evidence/{digest}.json", b""))) is not None
    }
    finding, probe, back, soak = (found.get(e) for e in (Findings, Probes, Rollback, Soak))
    again = gate(
        Records(
            candidate["id"],
            tuple(candidate["closes"]),
            finding if isinstance(finding, Findings) else None,
            probe if isinstance(probe, Probes) else None,
            trials.get(candidate["id"]),
            back if isinstance(back, Rollback) else None,
            sizes=sized(candidate["closes"], candidate["subject"]),
            soak=soak if isinstance(soak, Soak) else None,
        )
    )
    for part, proof in candidate["proofs"].items():
        follows = again.proofs[part].state
        # `--source` works that one out again, where the files alone show it.
        alone = part == "finding" and finding is None and candidate["origin"] != "live"
        if not alone and proof["state"] != follows.value:
            what = f"is {proof['state']}; its records make it {follows.value}"
            yield Disagreement(f"candidates[{candidate['id']}].proofs.{part}", what)
        if follows is ProofState.PASSED and part == "ab":
            missing = set(again.proofs[part].evidence) ^ set(proof["evidence"])
            if missing:
                where = f"candidates[{candidate['id']}].proofs.{part}"
                yield Disagreement(where, "does not rest on the samples of its experiment")
