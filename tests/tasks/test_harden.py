from dataclasses import replace

import pytest

from tasks.domain.candidates import Candidate, CandidateState, Proof, ProofState
from tasks.harden import undecided, with_proofs

CANDIDATE = Candidate("pin-1", "pin-image", ("f1",), "web", ())


@pytest.mark.parametrize(
    ("proof", "state"),
    [
        (Proof(ProofState.PASSED), CandidateState.UNDECIDED),
        (Proof(ProofState.NOT_ASSESSED, "no git"), CandidateState.UNDECIDED),
        (Proof(ProofState.FAILED, "still found"), CandidateState.REJECTED),
    ],
)
def test_without_an_engine_a_candidate_is_rejected_or_undecided_never_accepted(
    proof: Proof, state: CandidateState
) -> None:
    (judged,) = with_proofs((CANDIDATE,), {"pin-1": proof})

    assert judged.state is state
    assert set(judged.proofs) == {"finding", "probe", "ab", "rollback"}


def test_a_candidate_that_did_not_go_round_says_so() -> None:
    (judged,) = with_proofs((CANDIDATE,), {})

    assert judged.proofs["finding"].state is ProofState.NOT_ASSESSED


def test_what_is_a_mere_guess_is_not_proposed_before_it_was_shown() -> None:
    guess = replace(CANDIDATE, id="start-1", kind="start-with-process")
    proven = replace(CANDIDATE, id="pin-2", state=CandidateState.ACCEPTED)

    assert undecided((CANDIDATE, guess, proven)) == (CANDIDATE,)
