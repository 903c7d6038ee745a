"""Hardening: candidates with their proofs, and the report that a manager reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.candidates import CHANCY_KINDS, Candidate, CandidateState, Proof, ProofState
from tasks.domain.reporting.deliverables.hardening import hardening_report
from tasks.domain.reporting.deliverables.sizing import sizing_report
from tasks.domain.reporting.deliverables.soaked import Outcome
from tasks.domain.reporting.described import candidate_texts
from tasks.domain.verification.costs import billed
from tasks.domain.verification.trials import judged
from tasks.steps import derivation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.findings import Finding
    from tasks.domain.outcomes import Deployed, Measured
    from tasks.domain.platform.model import Platform
    from tasks.domain.reporting.bundle import Combination
    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.runs import Run
    from tasks.domain.verification.trials import Whole

_NO_ENGINE = Proof(ProofState.NOT_ASSESSED, "needs a copy of the platform on an engine")
_NO_ROUND = Proof(ProofState.NOT_ASSESSED, "verify/integration did not finish")


def with_proofs(
    candidates: tuple[Candidate, ...], proofs: Mapping[str, Proof]
) -> tuple[Candidate, ...]:
    """Give each candidate what is known of its four proofs; a failed one rejects it."""
    return tuple(_proven(each, proofs.get(each.id, _NO_ROUND)) for each in candidates)


def _proven(candidate: Candidate, finding: Proof) -> Candidate:
    proofs = {"finding": finding, "probe": _NO_ENGINE, "ab": _NO_ENGINE, "rollback": _NO_ENGINE}
    if finding.state is ProofState.FAILED:
        state, reason = CandidateState.REJECTED, finding.reason
    else:
        state, reason = CandidateState.UNDECIDED, candidate.reason or _NO_ENGINE.reason
    return replace(candidate, proofs=proofs, state=state, reason=reason)


@derivation("judge the candidates")
def judge_candidates(
    run: Run, candidates: tuple[Candidate, ...], proofs: Mapping[str, Proof], whole: Whole
) -> tuple[Candidate, ...]:
    """Let the gate judge each candidate by what was tried on the copy."""
    made, _ = judged(candidates, proofs, whole)
    return made


@derivation("write which sizes were accepted")
def report_sizes(
    run: Run, platform: Platform, measured: Measured, deployed: Deployed
) -> tuple[Deliverable, ...]:
    """Write the report of sizes again, with what became of them; nothing without a watch."""
    if not measured.uses:
        return ()
    soak = deployed.whole.returned.soak
    outcome = Outcome(deployed.hardened.candidates, soak, billed(platform, measured, deployed))
    told = measured.uses, measured.borne, measured.prices
    return (sizing_report(platform.entry.id, *told, outcome),)


def undecided(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Pick those that are offered as proposals: neither proven nor rejected, and no mere guess."""
    return tuple(
        each
        for each in candidates
        if each.state is CandidateState.UNDECIDED and each.kind not in CHANCY_KINDS
    )


@derivation("write the hardening report")
def report_hardening(
    run: Run,
    platform: Platform,
    findings: tuple[Finding, ...],
    candidates: tuple[Candidate, ...],
    proposed: Combination,
) -> Deliverable:
    """Write what is open, what closes it, and in which order to apply it."""
    texts = {each.id: candidate_texts(each) for each in candidates}
    return hardening_report(platform, findings, candidates, proposed, texts)
