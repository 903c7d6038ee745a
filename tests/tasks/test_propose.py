from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.assess import assess_platform
from tasks.domain.candidates import CandidateState
from tasks.domain.conflicts import Combined, files_with
from tasks.domain.outcomes import Measured, Secured
from tasks.domain.sentences import known as sentence
from tasks.domain.verification.starts import Moments, Start
from tasks.propose import combine_accepted, combine_changes, propose_changes, propose_measured
from tasks.tools.found import platform_of
from tasks.tools.roundtrip import applied, undone
from tasks.tools.snapshots import reopen
from tests.soaked import DB, WEB, borne
from tests.tasks.platforms import IDENTITY, RUN, shop

if TYPE_CHECKING:
    from tasks.domain.verification.load.latencies import Borne
    from tasks.domain.verification.sizings import Use

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


def test_what_was_accepted_of_the_shop_is_made_as_it_was_tried_with_its_recipes() -> None:
    platform = platform_of(shop())
    findings = assess_platform.fn(RUN, platform)
    proposed = propose_changes.fn(RUN, platform, findings, *PLACE).candidates
    candidates = [replace(each, state=CandidateState.ACCEPTED) for each in proposed]
    taken = combine_accepted.fn(RUN, tuple(candidates), findings, *PLACE)
    source = reopen(*PLACE)
    tried = files_with(candidates, findings, source)
    before = {file: source.files[file] for file in tried}
    made = Combined(taken.patch, recipes=taken.recipes)
    after = applied(made, before)

    hidden = {each.id for each in candidates if not each.patch}
    assert {each.split("-")[0] for each in hidden & {*taken.order}} >= {"exec", "debug", "no"}
    assert after == tried
    assert undone(made, after) == before
    assert "services/orders/Dockerfile" in {each.file for each in taken.recipes}
    assert "diff --git a/compose.yaml b/compose.yaml" in taken.patch


def test_waits_are_put_into_question_only_where_there_is_time_to_try_it() -> None:
    platform = platform_of(shop())
    waiting = {s.name: {d.target: d.condition for d in s.depends_on} for s in platform.services}
    moments = tuple(
        Moments(name, started=1.0, ready=2.0, healthy=6.0, needs=needs)
        for name, needs in waiting.items()
    )
    measured = Measured(Start(9.0, moments, ()))
    known = Secured(assess_platform.fn(RUN, platform))
    told = RUN, platform, known, measured, PLACE

    quick, full = (propose_measured.fn(*told, quick=each) for each in (True, False))

    assert not {"start-with-process"} & {each.kind for each in quick.candidates}
    assert [each.what for each in quick.not_assessed] == ["waits for health that might be needless"]
    assert all(sentence(each.what) for each in quick.not_assessed)
    freed = {each.subject for each in full.candidates if each.kind == "start-with-process"}
    assert {"gateway", "catalog, orders, users"} <= freed
    assert full.not_assessed == ()


GATEWAY, STORE = replace(WEB, service="gateway"), replace(DB, service="postgres")


def seen(*uses: Use, loads: tuple[Borne, ...] = ()) -> Secured:
    """Give what a copy of the shop showed in which ``uses`` were watched under ``loads``."""
    platform = platform_of(shop())
    findings = assess_platform.fn(RUN, platform)
    candidates = propose_changes.fn(RUN, platform, findings, *PLACE).candidates
    measured = Measured(Start(2.0, (), ()), uses=uses, borne=loads)
    return propose_measured.fn(
        RUN, platform, Secured(findings, candidates), measured, PLACE, quick=False
    )


def test_a_size_is_proposed_for_whom_a_declared_load_reaches() -> None:
    found = seen(GATEWAY, STORE, loads=(borne("front page", "gateway"),))

    assert {each.check for each in found.findings} == {"size-unfitted"}
    assert {(each.kind, each.subject) for each in found.candidates} == {
        ("fit-size", "gateway"),
        ("fit-size", "postgres"),
    }
    assert found.not_assessed == ()


def test_without_a_load_or_without_a_watch_there_is_no_size() -> None:
    unloaded, unwatched = seen(GATEWAY, STORE), seen()

    assert (unloaded.findings, unloaded.candidates) == ((), ())
    assert [each.what for each in unloaded.not_assessed] == ["sizes under a declared load"]
    assert unwatched == Secured()
