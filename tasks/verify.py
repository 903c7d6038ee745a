"""Verifying: every change goes round, and the definitions hold before their real readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.reporting.deliverables.trials import Trial, trial_report
from tasks.steps import derivation
from tasks.tools import roundtrip
from tasks.tools.snapshots import reopen

if TYPE_CHECKING:
    from tasks.domain.candidates import Candidate, Proof
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Platform
    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.runs import Run

_ROUND = {
    "en": "apply, assess again, undo",
    "zh": "应用、重新评估、撤销",
}


@derivation("send {candidate.id} round", "git")
def prove(
    run: Run,
    candidate: Candidate,
    platform: Platform,
    findings: tuple[Finding, ...],
    place: tuple[str, str],
) -> Proof:
    """Apply one change, assess again, undo it; ``place`` is the source and its digest."""
    return roundtrip.prove(candidate, reopen(*place), platform, findings)


@derivation("write the test report")
def report_trials(run: Run, entry: str, proofs: dict[str, Proof]) -> Deliverable:
    """Write what was tried and what came of it."""
    return trial_report(
        entry, [Trial(_ROUND, name, proof.state, proof.reason) for name, proof in proofs.items()]
    )
