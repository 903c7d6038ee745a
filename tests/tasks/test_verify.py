from tasks.assess import assess_platform
from tasks.domain.candidates import ProofState
from tasks.domain.platform.model import EntryKind
from tasks.domain.verification.validity import Validity
from tasks.propose import propose_changes
from tasks.tools.found import platform_of
from tasks.verify import prove, prove_together, report_trials, validate_definitions
from tests.tasks.platforms import IDENTITY, RUN, shop

PLACE = (IDENTITY.source, IDENTITY.content)


def test_a_change_goes_round_and_the_report_names_it() -> None:
    platform = platform_of(shop())
    findings = assess_platform.fn(RUN, platform)
    candidate = propose_changes.fn(RUN, platform, findings, *PLACE).candidates[0]
    proof = prove.fn(RUN, candidate, platform, findings, PLACE)

    assert proof.state is ProofState.PASSED, proof.reason
    report = report_trials.fn(
        RUN, "shop", {candidate.id: proof}, proof, {"before": Validity("x", 1)}
    )
    assert candidate.id in report.texts["en"]


def test_all_changes_go_round_together_and_docker_compose_takes_the_result() -> None:
    platform = platform_of(shop())
    findings = assess_platform.fn(RUN, platform)
    candidates = propose_changes.fn(RUN, platform, findings, *PLACE).candidates

    before = validate_definitions.fn(RUN, platform.entry, PLACE)
    proof, after = prove_together.fn(RUN, candidates, platform, findings, PLACE)

    assert platform.entry.kind is EntryKind.COMPOSE
    assert proof.state is ProofState.PASSED, proof.reason
    if before.valid:  # where Docker Compose is installed
        assert after.valid, after.not_assessed


def test_nothing_to_combine_is_not_a_pass() -> None:
    platform = platform_of(shop())

    proof, after = prove_together.fn(RUN, (), platform, (), PLACE)

    assert proof.state is ProofState.NOT_ASSESSED
    assert not after.valid
