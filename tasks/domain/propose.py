"""Propose changes: from findings to minimal patches, in a stable order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from tasks.domain.candidates import Candidate
from tasks.domain.charts import Chart
from tasks.domain.findings import Severity
from tasks.domain.insertions import SameFieldError
from tasks.domain.patches import OverlapError, UnshowableError, unified_diff
from tasks.domain.platform.model import NotAssessed
from tasks.domain.recipes import make
from tasks.domain.security.candidates import CHANGES
from tasks.domain.security.candidates.ground import Ground, NotOfferedError, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.candidates import Edit, Recipe
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Platform
    from tasks.domain.platform.sources import Source
    from tasks.domain.security.candidates.ground import Change

UNTRIED = "Not tried: without an engine nobody knows what it does to the running platform."


@dataclass(frozen=True, slots=True)
class Proposed:
    """The candidates, and the findings for which a kind of change exists but not here."""

    candidates: tuple[Candidate, ...]
    not_assessed: tuple[NotAssessed, ...] = ()


def propose(
    platform: Platform, findings: Iterable[Finding], source: Source
) -> tuple[Candidate, ...]:
    """Propose changes for ``findings``, those that close the worst first."""
    return propose_with_reasons(platform, findings, source).candidates


def propose_with_reasons(
    platform: Platform, findings: Iterable[Finding], source: Source
) -> Proposed:
    """Propose changes, and say for each finding with a kind of change why there is none."""
    open_findings = tuple(each for each in findings if not each.waived)
    if source.live:
        return Proposed((), _running(platform, open_findings))
    ground = Ground(platform, open_findings, source)
    return _proposed(_Move(ground, ground, tuple))


def propose_for_chart(
    platform: Platform, findings: Iterable[Finding], source: Source, texts: Mapping[str, str]
) -> Proposed:
    """Propose changes of a chart's templates and values; ``texts`` are what they rendered.

    They hold only once the chart was rendered again with them.
    """
    open_findings = tuple(each for each in findings if not each.waived)
    chart = Chart(platform.entry, source, texts)
    home = Ground(platform, open_findings, source)
    return _proposed(_Move(chart.of(open_findings), home, chart.moved))


@dataclass(frozen=True, slots=True)
class _Move:
    """Where changes are found, where they are written, and how edits get from here to there."""

    ground: Ground
    home: Ground
    moved: Callable[[tuple[Edit, ...]], tuple[Edit, ...]]


@dataclass(slots=True)
class _Offer:
    """Edits as they were first proposed, and all that they close."""

    first: Proposal
    closes: dict[str, None] = field(default_factory=dict)
    subjects: dict[str, None] = field(default_factory=dict)


def _proposed(move: _Move) -> Proposed:
    candidates: list[Candidate] = []
    missing: list[NotAssessed] = []
    packaging = {"compose" if move.ground.compose else "kubernetes", "dockerfile"}
    for change in CHANGES:
        if packaging & set(change.packaging):
            made, refused = _of_kind(move, change)
            candidates += made
            missing += refused
    severities = {each.id: each.severity for each in move.home.findings}
    candidates.sort(key=lambda each: (worst_closed(each, severities).rank, each.id))
    return Proposed(tuple(candidates), tuple(missing))


def worst_closed(candidate: Candidate, severities: dict[str, Severity]) -> Severity:
    """Give the worst severity of what a candidate closes."""
    found = (severities.get(each, Severity.INFO) for each in candidate.closes)
    return min(found, key=lambda each: each.rank, default=Severity.INFO)


def _running(platform: Platform, findings: tuple[Finding, ...]) -> tuple[NotAssessed, ...]:
    """What runs has no text of the user's: a change there would be lost at the next start."""
    checks = {check for change in CHANGES for check in change.closes}
    if not (count := sum(each.check in checks for each in findings)):
        return ()
    return (
        NotAssessed(
            what=f"automatic changes for {platform.entry.id} ({count} findings)",
            reason="what runs has no files to change",
            remedy="Check the files that it was started from: there each has its patch.",
        ),
    )


def _of_kind(move: _Move, change: Change) -> tuple[list[Candidate], list[NotAssessed]]:
    """Make the candidates of one kind; findings that the same edits close share one."""
    found: dict[tuple[Edit, ...], _Offer] = {}
    missing: list[NotAssessed] = []
    for finding in move.ground.about(change.closes):
        try:
            proposal = change.propose(move.ground, finding)
            edits = move.moved(proposal.edits)
        except (NotOfferedError, SameFieldError, OverlapError) as error:
            missing.append(_not_offered(change, move.home.first([finding.id]), str(error)))
            continue
        offer = found.setdefault(edits, _Offer(proposal))
        offer.closes.update(dict.fromkeys(proposal.closes))
        offer.subjects[finding.subject] = None
    made = []
    for edits, offer in found.items():
        whole = Proposal(tuple(offer.closes), edits, offer.first.facts)
        try:
            if edits:
                made.append(_candidate(move.home, change, whole, ", ".join(offer.subjects)))
        except NotOfferedError as error:
            missing.append(_not_offered(change, move.home.first(whole.closes), str(error)))
    return made, missing


def _not_offered(change: Change, finding: Finding, reason: str) -> NotAssessed:
    where = f"{finding.place.file}:{finding.place.line}"
    return NotAssessed(
        what=f"automatic change {change.kind} of {finding.subject} ({where})",
        reason=reason,
        remedy="Change it by hand, then check again.",
    )


def _described(ground: Ground, edits: tuple[Edit, ...]) -> tuple[str, Recipe | None]:
    """Write the edits as a patch; what no patch may show becomes a recipe, for one file.

    Raises:
        NotOfferedError: Several files, and in one of them the lines may hold a secret.
    """
    diffs: list[str] = []
    files = sorted({each.file for each in edits})
    for file in files:
        own = [each for each in edits if each.file == file]
        if (written := ground.written(file)) is None:
            continue
        try:
            diffs.append(unified_diff(written, own))
        except UnshowableError as error:
            if len(files) == 1:
                return "", make(written, ground.content(file), own)
            raise NotOfferedError(str(error)) from error
    return "".join(diffs), None


def _candidate(ground: Ground, change: Change, proposal: Proposal, subject: str) -> Candidate:
    patch, recipe = _described(ground, proposal.edits)
    name = hashlib.sha256("\0".join((change.kind, *sorted(proposal.closes))).encode())
    candidate_id = f"{change.kind}-{name.hexdigest()[:10]}"
    return Candidate(
        id=candidate_id,
        kind=change.kind,
        closes=proposal.closes,
        subject=subject,
        edits=proposal.edits,
        patch=patch,
        recipe=recipe,
        measure=_measure(change),
        facts={**proposal.facts, **_caution(change)} if proposal.facts else _caution(change),
        reason=_untried(change),
    )


# Thousands of candidates of one kind say the same: they share the words.
@cache
def _measure(change: Change) -> str:
    return change.measure


@cache
def _caution(change: Change) -> Mapping[str, str]:
    return {"caution": change.caution}


@cache
def _untried(change: Change) -> str:
    return f"{UNTRIED} {change.caution}"
