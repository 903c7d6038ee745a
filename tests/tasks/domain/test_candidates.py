from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.candidates import Candidate, CandidateState, Edit, Proof, ProofState
from tasks.domain.platform.nodes import Span

SCHEMA = Path(__file__).resolve().parents[3] / "knowledge/schemas/definitions.json"
CANDIDATE = Candidate("c", "kind", ("f",), "web", (Edit("compose.yaml", Span(0, 1), "x"),))


@pytest.fixture(scope="module")
def promised() -> Any:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]


def test_states_are_those_that_the_bundle_promises(promised: Any) -> None:
    states = promised["candidate"]["properties"]["state"]["enum"]
    proofs = promised["proof"]["properties"]["state"]["enum"]

    assert {each.value for each in CandidateState} == set(states)
    assert {each.value for each in ProofState} == set(proofs)


def test_without_a_proof_a_candidate_is_undecided() -> None:
    assert CANDIDATE.state is CandidateState.UNDECIDED
    assert not CANDIDATE.proofs


def test_what_was_proposed_or_proven_is_never_edited() -> None:
    proof = Proof(ProofState.FAILED, "it came back")

    with pytest.raises(FrozenInstanceError):
        CANDIDATE.state = CandidateState.ACCEPTED  # type: ignore[misc]  # what must not be possible
    with pytest.raises(FrozenInstanceError):
        proof.state = ProofState.PASSED  # type: ignore[misc]  # what must not be possible
