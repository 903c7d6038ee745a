from dataclasses import replace

import pytest

from tasks.domain.candidates import Candidate, CandidateState, Proof, ProofState
from tasks.domain.outcomes import Deployed, Hardened, Measured
from tasks.domain.runs import Run
from tasks.domain.verification.sizing import Prices
from tasks.domain.verification.trials import judged
from tasks.harden import report_sizes, undecided, with_proofs
from tests.bundles import PLATFORM
from tests.proven import FITTING, whole
from tests.soaked import WEB, borne, soak

RUN = Run("run-1", "p" * 16, 1, "night")

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
    (made,) = with_proofs((CANDIDATE,), {"pin-1": proof})

    assert made.state is state
    assert set(made.proofs) == {"finding", "probe", "ab", "rollback"}


def test_a_candidate_that_did_not_go_round_says_so() -> None:
    (made,) = with_proofs((CANDIDATE,), {})

    assert made.proofs["finding"].state is ProofState.NOT_ASSESSED


def test_what_is_a_mere_guess_is_not_proposed_before_it_was_shown() -> None:
    guess = replace(CANDIDATE, id="start-1", kind="start-with-process")
    proven = replace(CANDIDATE, id="pin-2", state=CandidateState.ACCEPTED)

    assert undecided((CANDIDATE, guess, proven)) == (CANDIDATE,)


def test_the_report_of_sizes_is_written_again_once_they_were_tried() -> None:
    measured = Measured(uses=(WEB,), borne=(borne(),), prices=Prices(0.04, 0.005))
    tried = whole(member=FITTING, soak=soak(WEB))
    made, _ = judged((FITTING,), {}, tried)
    deployed = Deployed(Hardened(made), whole=tried)

    (report,) = report_sizes.fn(RUN, PLATFORM, measured, deployed)

    assert report.id == "sizing-report"
    assert "| `web` |" in report.texts["en"].partition("The soak")[2]
    assert "accepted" in report.texts["en"]
    assert report_sizes.fn(RUN, PLATFORM, Measured(), deployed) == ()
