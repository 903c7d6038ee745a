"""Verifying: every change goes round, and the definitions hold before their real readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.candidates import Proof, ProofState
from tasks.domain.conflicts import combine
from tasks.domain.platform.model import NotAssessed
from tasks.domain.reporting.deliverables.trials import Trial, trial_report
from tasks.domain.verification.validity import Validity
from tasks.steps import derivation
from tasks.tools import definitions, roundtrip
from tasks.tools.snapshots import reopen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Entry, Platform
    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.runs import Run

_ROUND = {
    "en": "apply, assess again, undo",
    "zh": "应用、重新评估、撤销",
}
_TOGETHER = {
    "en": "all together: apply, assess again, undo",
    "zh": "全部一起应用、重新评估、撤销",
}
_VALID = {
    "before": {"en": "valid for its real reader, as it is", "zh": "现状对真实读取方有效"},
    "after": {"en": "valid for its real reader, with all changes", "zh": "应用全部变更后仍然有效"},
}
_QUICK = "left out, because of --quick"
_SLOWLY = "Run again without --quick."
_ALONE = "each change alone: apply, assess again, undo"
# Prefect needs longer for a step of its own than a change for its way there and back.
_AT_A_TIME = 10
_SHOWN = 3  # problems of one trial that the report names


def some_at_a_time(candidates: tuple[Candidate, ...]) -> Iterator[tuple[Candidate, ...]]:
    """Part the changes into those that one step sends round."""
    for first in range(0, len(candidates), _AT_A_TIME):
        yield candidates[first : first + _AT_A_TIME]


@derivation("send round {candidates[0].id} and those after it", "git")
def prove(
    run: Run,
    candidates: tuple[Candidate, ...],
    platform: Platform,
    findings: tuple[Finding, ...],
    place: tuple[str, str],
) -> dict[str, Proof]:
    """For each change: apply it alone, assess again, undo it.

    ``place`` is the source and its digest. The proofs have their candidates' ids.
    """
    source = reopen(*place)
    return {each.id: roundtrip.prove(each, source, platform, findings) for each in candidates}


@derivation("ask the real reader of {entry.id}", "docker-compose", "kubectl")
def validate_definitions(run: Run, entry: Entry, place: tuple[str, str]) -> Validity:
    """Ask Docker Compose, or the schemas of Kubernetes, whether the definitions are valid."""
    return definitions.validate(reopen(*place), entry)


@derivation("send all changes round together", "git")
def prove_together(
    run: Run,
    candidates: tuple[Candidate, ...],
    platform: Platform,
    findings: tuple[Finding, ...],
    place: tuple[str, str],
) -> Proof:
    """Apply the combined patch, assess again, undo."""
    source = reopen(*place)
    combined = combine(candidates, findings, source)
    if not combined.edits:
        return Proof(ProofState.NOT_ASSESSED, "there is no change to combine")
    closes = {each for c in candidates if c.id in combined.order for each in c.closes}
    return roundtrip.prove_together(combined, closes, source, platform, findings)


@derivation("ask the real reader of {entry.id}, changed", "git", "docker-compose", "kubectl")
def validate_together(
    run: Run,
    candidates: tuple[Candidate, ...],
    findings: tuple[Finding, ...],
    entry: Entry,
    place: tuple[str, str],
) -> Validity:
    """Ask Docker Compose, or the schemas of Kubernetes, about the definitions with all changes."""
    source = reopen(*place)
    combined = combine(candidates, findings, source)
    if not combined.edits:
        return Validity("")
    return definitions.validate(roundtrip.patched(combined, source), entry)


def left_out(candidates: tuple[Candidate, ...], entry: Entry) -> tuple[dict[str, Proof], Validity]:
    """Say what ``--quick`` does not look at: each change alone, and the definitions' readers."""
    proofs = {each.id: Proof(ProofState.NOT_ASSESSED, _QUICK) for each in candidates}
    what = (NotAssessed(each, _QUICK, _SLOWLY) for each in (_ALONE, f"validity of {entry.id}"))
    return proofs, Validity(definitions.reader_of(entry), not_assessed=tuple(what))


@derivation("write the test report")
def report_trials(
    run: Run,
    entry: str,
    proofs: dict[str, Proof],
    together: Proof,
    validity: dict[str, Validity],
) -> Deliverable:
    """Write what was tried and what came of it; ``validity`` is before and after the changes."""
    trials = [Trial(_ROUND, name, proof.state, proof.reason) for name, proof in proofs.items()]
    trials.append(Trial(_TOGETHER, "proposed.patch", together.state, together.reason))
    for moment, found in validity.items():
        trials += [_trial(_VALID[moment], entry, found)] if found.validator else []
    return trial_report(entry, trials)


def _trial(names: dict[str, str], entry: str, found: Validity) -> Trial:
    reasons = [f"{p.subject} {p.path}: {p.detail}" for p in found.problems]
    if reasons:
        return Trial(names, entry, ProofState.FAILED, "; ".join(reasons[:_SHOWN]))
    if not found.valid:
        why = "; ".join(each.reason for each in found.not_assessed) or "nothing was checked"
        return Trial(names, entry, ProofState.NOT_ASSESSED, why)
    return Trial(names, entry, ProofState.PASSED, found.validator)
