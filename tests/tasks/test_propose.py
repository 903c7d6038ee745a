from dataclasses import replace

from tasks.assess import assess_platform
from tasks.domain.candidates import CandidateState
from tasks.propose import combine_changes, propose_changes
from tasks.tools.found import platform_of
from tests.tasks.platforms import IDENTITY, RUN, shop

PLACE = (IDENTITY.source, IDENTITY.content)


def test_what_a_proof_rejected_stays_out_of_the_combined_patch() -> None:
    platform = platform_of(shop())
    findings = assess_platform.fn(RUN, platform)
    candidates = propose_changes.fn(RUN, platform, findings, *PLACE).candidates
    whole = combine_changes.fn(RUN, candidates, findings, *PLACE)
    rejected = tuple(
        replace(each, state=CandidateState.REJECTED) if each.id == whole.order[0] else each
        for each in candidates
    )

    assert combine_changes.fn(RUN, rejected, findings, *PLACE).order == whole.order[1:]
