"""What a round trip says: a change is applied, assessed again, and taken back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tasks.domain.candidates import Proof, ProofState
from tasks.domain.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Collection

    from tasks.domain.findings import Finding


def judge(
    closes: Collection[str], before: Collection[Finding], after: Collection[Finding]
) -> Proof:
    """Pass when all that the change closes is gone and nothing as bad has come.

    A finding counts as new when its check finds more of its subject than
    before: a place that is only written in another way is not a new defect.
    """
    left = sorted(set(closes) & {each.id for each in after})
    if left:
        return Proof(ProofState.FAILED, f"still found: {', '.join(left)}")
    closed = [each for each in before if each.id in set(closes)]
    if len(closed) != len(set(closes)):
        return Proof(ProofState.NOT_ASSESSED, "a finding that it closes was not there before")
    floor = min((each.severity for each in closed), key=lambda s: s.rank, default=Severity.INFO)
    known = Counter((each.check, each.subject) for each in before)
    now = Counter((each.check, each.subject) for each in after)
    worse = sorted(
        f"{each.check} at {each.subject}"
        for each in after
        if each.severity.at_least(floor)
        and now[each.check, each.subject] > known[each.check, each.subject]
    )
    if worse:
        return Proof(ProofState.FAILED, f"new and as severe: {', '.join(dict.fromkeys(worse))}")
    return Proof(ProofState.PASSED, f"{len(closed)} findings gone, none as severe came")
