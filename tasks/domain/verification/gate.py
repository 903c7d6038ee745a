"""The gate: whether a candidate's four proofs carry it, computed from their raw records.

Nothing here believes a word of a proof: the finding is looked up among the findings, probes
are compared one by one, samples are judged again by their plan, and rolling back must have
brought back the very bytes. That a size fits is believed of a soak alone. What is missing is
not assessed; what contradicts itself is rejected, with a reason that names it.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.candidates import CandidateState, Proof, ProofState
from tasks.domain.findings import Severity  # noqa: TC001  # as above
from tasks.domain.proofs import PARTS, verdict
from tasks.domain.verification.experiments.judgement import (
    ProtocolError,
    Sample,
    Verdict,
    audit,
)
from tasks.domain.verification.experiments.plans import Plan  # noqa: TC001  # as above
from tasks.domain.verification.soaks import Soak, proof_of

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings (id to severity) before and after the change, as two assessments found them."""

    before: Mapping[str, Severity]
    after: Mapping[str, Severity]


@dataclass(frozen=True, slots=True)
class Probes:
    """Whether each probe passed: before, after, and while what it watches was stopped."""

    before: Mapping[str, bool]
    after: Mapping[str, bool]
    stopped: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment and all its samples. ``seen`` are digests of samples that chose candidates."""

    plan: Plan
    samples: tuple[Sample, ...]
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rollback:
    """Digests of definition and engine state by name, and probes: at first, and undone."""

    at_first: Mapping[str, str]
    undone: Mapping[str, str]
    probes: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Records:
    """The raw records of one candidate's proofs; None where nothing was tried."""

    candidate: str
    closes: tuple[str, ...]
    finding: Findings | None = None
    probe: Probes | None = None
    ab: Trial | None = None
    rollback: Rollback | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)  # part: why it was not tried
    sizes: tuple[str, ...] = ()  # services whose size it fits
    soak: Soak | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """What the gate says of a candidate."""

    state: CandidateState
    reason: str
    proofs: Mapping[str, Proof]


def gate(records: Records) -> Passage:
    """Judge one candidate by its records alone."""
    proofs = {
        "finding": _finding(records),
        "probe": _probe(records),
        "ab": _ab(records),
        "rollback": _rollback(records),
    }
    state = verdict({part: proof.state for part, proof in proofs.items()})
    decisive = {
        CandidateState.ACCEPTED: ProofState.PASSED,
        CandidateState.REJECTED: ProofState.FAILED,
        CandidateState.UNDECIDED: ProofState.NOT_ASSESSED,
    }[state]
    told = [f"{part}: {proofs[part].reason}" for part in PARTS if proofs[part].state is decisive]
    return Passage(state, "; ".join(told), proofs)


def _not_tried(records: Records, part: str) -> Proof:
    return Proof(ProofState.NOT_ASSESSED, records.reasons.get(part, "it was not tried"))


def _finding(records: Records) -> Proof:
    found = records.finding
    if found is None:
        return _not_tried(records, "finding")
    if not records.closes:
        return Proof(ProofState.FAILED, "it closes no finding")
    if absent := [each for each in records.closes if each not in found.before]:
        return Proof(ProofState.FAILED, f"{_named(absent)} was not there before")
    soaked = proof_of(records.soak, records.sizes) if records.sizes else None
    if soaked and soaked.state is not ProofState.PASSED:
        return soaked
    return _closed(records.closes, found)


def _closed(closes: tuple[str, ...], found: Findings) -> Proof:
    if left := [each for each in closes if each in found.after]:
        return Proof(ProofState.FAILED, f"{_named(left)} is still there")
    least = max((found.before[each] for each in closes), key=lambda each: each.rank)
    new = [i for i, s in found.after.items() if i not in found.before and s.at_least(least)]
    if new:
        return Proof(ProofState.FAILED, f"{_named(new)} is new and not less severe")
    return Proof(ProofState.PASSED, "the finding is closed and none like it came")


def _probe(records: Records) -> Proof:
    found = records.probe
    if found is None:
        return _not_tried(records, "probe")
    if not found.before:
        return Proof(ProofState.NOT_ASSESSED, "there is no probe for what changes")
    if fault := _unequal(found.before, found.after):
        return Proof(ProofState.FAILED, f"probes before and after differ: {fault}")
    if blind := [each for each in found.before if found.stopped.get(each, True)]:
        return Proof(ProofState.FAILED, f"{_named(blind)} did not notice a stopped service")
    for when, probes in (("before", found.before), ("after", found.after)):
        if red := [each for each, passed in probes.items() if not passed]:
            return Proof(ProofState.FAILED, f"{_named(red)} failed {when} the change")
    return Proof(ProofState.PASSED, f"{len(found.before)} probes passed before and after")


def _ab(records: Records) -> Proof:
    trial = records.ab
    if trial is None:
        return _not_tried(records, "ab")
    if records.candidate not in trial.plan.candidates:
        return Proof(ProofState.FAILED, f"the plan {trial.plan.name} does not name it")
    if reused := sum(bool(trial.seen & set(sample.evidence)) for sample in trial.samples):
        return Proof(ProofState.FAILED, f"{reused} samples had already chosen the candidates")
    if bare := [s.position for s in trial.samples if not s.evidence]:
        return Proof(ProofState.FAILED, f"sample {bare[0]} has no evidence")
    try:
        found = audit(trial.plan, trial.samples)
    except ProtocolError as error:
        return Proof(ProofState.FAILED, f"the plan {trial.plan.name} was not kept: {error}")
    evidence = tuple(sorted({each for sample in trial.samples for each in sample.evidence}))
    state = {
        Verdict.SHOWN: ProofState.PASSED,
        Verdict.HARMFUL: ProofState.FAILED,
    }.get(found.verdict, ProofState.NOT_ASSESSED)
    return Proof(state, f"{found.reason}, {found.pairs} pairs ({trial.plan.name})", evidence)


def _rollback(records: Records) -> Proof:
    found = records.rollback
    if found is None:
        return _not_tried(records, "rollback")
    if not found.at_first or not found.probes:
        return Proof(ProofState.NOT_ASSESSED, "nothing was compared after it")
    if fault := _unequal(found.at_first, found.undone):
        return Proof(ProofState.FAILED, f"undone, the platform is another: {fault}")
    different = [n for n, digest in found.at_first.items() if found.undone[n] != digest]
    if different:
        return Proof(ProofState.FAILED, f"undone, {_named(different)} is not what it was")
    if red := [each for each, passed in found.probes.items() if not passed]:
        return Proof(ProofState.FAILED, f"{_named(red)} failed after undoing")
    return Proof(ProofState.PASSED, "undone, the platform is what it was")


def _unequal(one: Collection[str], other: Collection[str]) -> str:
    return _named(sorted(set(one) ^ set(other))) if set(one) != set(other) else ""


def _named(names: list[str]) -> str:
    return ", ".join(sorted(names))
