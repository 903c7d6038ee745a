from __future__ import annotations

import pytest

from tasks.domain.candidates import CandidateState, ProofState
from tasks.domain.proofs import PARTS, verdict

ALL_PASSED = dict.fromkeys(PARTS, ProofState.PASSED)


def test_four_passed_proofs_accept() -> None:
    assert verdict(ALL_PASSED) is CandidateState.ACCEPTED


@pytest.mark.parametrize("part", PARTS)
def test_one_failed_proof_rejects(part: str) -> None:
    assert verdict(ALL_PASSED | {part: ProofState.FAILED}) is CandidateState.REJECTED


@pytest.mark.parametrize("part", PARTS)
def test_a_proof_that_is_missing_or_not_assessed_never_accepts(part: str) -> None:
    silent = {name: state for name, state in ALL_PASSED.items() if name != part}

    assert verdict(silent) is CandidateState.UNDECIDED
    assert verdict(silent | {part: ProofState.NOT_ASSESSED}) is CandidateState.UNDECIDED
