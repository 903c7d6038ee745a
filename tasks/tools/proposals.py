"""Changes for every kind of entry; those of rendered ones are rendered again before they are told.

A change of a chart's template or of a kustomization's base is a guess until what
comes out of it was looked at. All of them together cost one rendering; those that
do not hold together are tried alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.candidates import ProofState
from tasks.domain.charts import changed
from tasks.domain.conflicts import combine
from tasks.domain.patches import OverlapError
from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.model import EntryKind, NotAssessed
from tasks.domain.propose import Proposed, propose_for_chart, propose_with_reasons
from tasks.domain.verification.roundtrips import judge
from tasks.tools import helm
from tasks.tools.errors import ToolError
from tasks.tools.platforms import read_platform
from tasks.tools.roundtrip import changed_source, still_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.candidates import Candidate, Edit
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Platform
    from tasks.domain.platform.sources import Source

_RENDERED = (EntryKind.HELM, EntryKind.KUSTOMIZE)
MOST = 60  # changes that are tried alone: a rendering takes 0.1 s and more
_BY_HAND = "Change it by hand, then check again."
_NO_EFFECT = "rendered again with the change, it is still found: something else decides there"
_TOO_MANY = "more changes than are tried one by one would have to be rendered"


def propose_everywhere(platform: Platform, findings: Sequence[Finding], source: Source) -> Proposed:
    """Propose changes, and say for each finding with a kind of change why there is none."""
    if platform.entry.kind not in _RENDERED or not platform.services:
        return propose_with_reasons(platform, findings, source)
    if platform.entry.kind is EntryKind.HELM:
        try:
            texts = helm.render(source, platform.entry).texts
        except ToolError as error:
            what = f"automatic changes for {platform.entry.id}"
            return Proposed((), (NotAssessed(what, error.what, error.remedy),))
        proposed = propose_for_chart(platform, findings, source, texts)
    else:
        proposed = propose_with_reasons(platform, findings, source)
    return _held(proposed, platform, findings, source)


def _held(
    proposed: Proposed, platform: Platform, findings: Sequence[Finding], source: Source
) -> Proposed:
    """Keep what holds when rendered again, and name the rest."""
    together = [each for each in proposed.candidates if each.patch]
    combined = combine(together, findings, source)
    gone = _gone(combined.edits, platform, source) if combined.edits else frozenset()
    sure = {c.id for c in together if c.id in combined.order and set(c.closes) <= gone}
    reasons: dict[str, str] = {}
    for each in proposed.candidates:
        if each.id not in sure:
            tried = len(reasons) < MOST
            reasons[each.id] = _alone(each, platform, findings, source) if tried else _TOO_MANY
    kept = [each for each in proposed.candidates if not reasons.get(each.id)]
    missing = [_missing(each, reasons[each.id]) for each in proposed.candidates if each not in kept]
    return Proposed(tuple(kept), (*proposed.not_assessed, *missing))


def _gone(edits: Iterable[Edit], platform: Platform, source: Source) -> frozenset[str]:
    """Name the findings that are gone with ``edits``; nothing when it becomes another platform."""
    again = _again(edits, platform, source)
    if again is None:
        return frozenset()
    left = {each.id for each in assess(again)}
    return frozenset(each.id for each in assess(platform) if each.id not in left)


def _alone(
    candidate: Candidate, platform: Platform, findings: Sequence[Finding], source: Source
) -> str:
    """Say why a change does not hold by itself; nothing when it does."""
    again = _again(candidate.edits, platform, source)
    if again is None:
        return "with the change it does not render to the same services"
    proof = judge(candidate.closes, findings, assess(again))
    if proof.state is ProofState.PASSED:
        return ""
    return _NO_EFFECT if proof.reason.startswith("still found") else proof.reason


def _again(edits: Iterable[Edit], platform: Platform, source: Source) -> Platform | None:
    try:
        after = changed_source(source, changed(source, edits))
    except (OverlapError, DocumentError):
        return None
    again = read_platform(after, platform.entry)
    return again if still_whole(again, platform) else None


def _missing(candidate: Candidate, reason: str) -> NotAssessed:
    what = f"automatic change {candidate.kind} of {candidate.subject} ({candidate.edits[0].file})"
    return NotAssessed(what, reason, _BY_HAND)
