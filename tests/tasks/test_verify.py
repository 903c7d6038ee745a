from tasks.assess import assess_platform
from tasks.domain.candidates import ProofState
from tasks.propose import propose_changes
from tasks.tools.found import platform_of
from tasks.verify import prove, report_trials
from tests.tasks.platforms import IDENTITY, RUN, shop

PLACE = (IDENTITY.source, IDENTITY.content)


def test_a_change_goes_round_and_the_report_names_it() -> None:
    platform = platform_of(shop())
    findings = assess_platform.fn(RUN, platform)
    candidate = propose_changes.fn(RUN, platform, findings, *PLACE).candidates[0]
    proof = prove.fn(RUN, candidate, platform, findings, PLACE)

    assert proof.state is ProofState.PASSED, proof.reason
    report = report_trials.fn(RUN, "shop", {candidate.id: proof})
    assert candidate.id in report.texts["en"]
