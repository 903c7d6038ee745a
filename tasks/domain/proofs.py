"""The four proofs, and the verdict that follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.candidates import CandidateState, ProofState

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = ("finding", "probe", "ab", "rollback")


def verdict(proofs: Mapping[str, ProofState]) -> CandidateState:
    """Accept only with all four passed; one that failed rejects; all else stays undecided.

    A proof that is missing counts as not assessed: silence never accepts a change.
    """
    states = [proofs.get(part, ProofState.NOT_ASSESSED) for part in PARTS]
    if ProofState.FAILED in states:
        return CandidateState.REJECTED
    if all(state is ProofState.PASSED for state in states):
        return CandidateState.ACCEPTED
    return CandidateState.UNDECIDED
