from tasks.assess import assess_platform
from tasks.domain.candidates import ProofState
from tasks.domain.platform.model import EntryKind
from tasks.domain.verification.validity import Validity
from tasks.propose import propose_changes
from tasks.tools.found import platform_of
from tasks.verify import (
    left_out,
    prove,
    prove_together,
    report_trials,
    some_at_a_time,
    validate_definitions,
    validate_together,
)
from tests.tasks.platforms import IDENTITY, RUN, shop

PLACE = (IDENTITY.source, IDENTITY.content)


def test_a_change_goes_round_and_the_report_names_it() -> None:
    platform = platform_of(shop())
    findings = assess_platform.fn(RUN, platform)
    candidate = propose_changes.fn(RUN, platform, findings, *PLACE).candidates[0]
    proof = prove.fn(RUN, (candidate,), platform, findings, PLACE)[candidate.id]

    assert proof.state is ProofState.PASSED, proof.reason
    report = report_trials.fn(
        RUN, "shop", {candidate.id: proof}, proof, {"before": Validity("x", 1)}
    )
    assert candidate.id in report.texts["en"]


def test_some_at_a_time_are_all_in_their_order() -> None:
    platform = platform_of(shop())
    findings = assess_platform.fn(RUN, platform)
    candidates = propose_changes.fn(RUN, platform, findings, *PLACE).candidates

    parts = list(some_at_a_time(candidates))

    assert tuple(each for part in parts for each in part) == candidates
    assert 1 < len(parts) < len(candidates)


def test_all_changes_go_round_together_and_docker_compose_takes_the_result() -> None:
    platform = platform_of(shop())
    findings = assess_platform.fn(RUN, platform)
    candidates = propose_changes.fn(RUN, platform, findings, *PLACE).candidates

    before = validate_definitions.fn(RUN, platform.entry, PLACE)
    proof = prove_together.fn(RUN, candidates, platform, findings, PLACE)
    after = validate_together.fn(RUN, candidates, findings, platform.entry, PLACE)

    assert platform.entry.kind is EntryKind.COMPOSE
    assert proof.state is ProofState.PASSED, proof.reason
    if before.valid:  # where Docker Compose is installed
        assert after.valid, after.not_assessed


def test_nothing_to_combine_is_not_a_pass() -> None:
    platform = platform_of(shop())

    proof = prove_together.fn(RUN, (), platform, (), PLACE)

    assert proof.state is ProofState.NOT_ASSESSED
    assert not validate_together.fn(RUN, (), (), platform.entry, PLACE).valid


def test_what_quick_leaves_out_is_not_assessed_and_says_how_to_have_it() -> None:
    platform = platform_of(shop())
    findings = assess_platform.fn(RUN, platform)
    candidates = propose_changes.fn(RUN, platform, findings, *PLACE).candidates

    proofs, validity = left_out(candidates, platform.entry)
    report = report_trials.fn(RUN, "shop", proofs, proofs[candidates[0].id], {"before": validity})

    assert set(proofs) == {each.id for each in candidates}
    assert {proof.state for proof in proofs.values()} == {ProofState.NOT_ASSESSED}
    assert not validity.valid
    assert len(validity.not_assessed) == 2
    for each in validity.not_assessed:
        assert "--quick" in each.reason
        assert "without --quick" in each.remedy
        assert not each.input  # it was asked for: no reason for exit code 3
    assert "--quick" in report.texts["en"]
    assert "因为 --quick" in report.texts["zh"]
