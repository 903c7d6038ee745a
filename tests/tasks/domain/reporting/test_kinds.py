from __future__ import annotations

from dataclasses import replace

from tasks.domain.candidates import CandidateState
from tasks.domain.reporting.kinds import anchors, kinds
from tests.bundles import CANDIDATES, FINDINGS, bundle, contents, text


def test_what_closes_a_critical_finding_comes_first() -> None:
    first, second = kinds(bundle().document)

    assert (first.kind, first.worst) == ("drop-privileged", "critical")
    assert second.worst == "high"
    assert not first.patched
    assert second.patched
    assert first.guarded == tuple(each["id"] for each in first.changes)
    assert second.guarded == ()


def test_each_change_has_a_place_of_its_own_in_its_kind() -> None:
    again = replace(CANDIDATES[0], id="pin-image-again")
    texts = {**contents().texts, again.id: text("again")}
    document = bundle(candidates=(*CANDIDATES, again), texts=texts).document

    found = kinds(document)

    assert sorted(len(each.changes) for each in found) == [1, 2]
    places = anchors(found)
    assert places.keys() == {each["id"] for each in document["candidates"]}
    assert len(set(places.values())) == 3


def test_a_rejected_change_closes_nothing_and_is_no_best_fix() -> None:
    rejected = replace(CANDIDATES[1], state=CandidateState.REJECTED)

    found = {each.kind: each for each in kinds(bundle(candidates=(rejected,)).document)}

    assert not found["drop-privileged"].helpful
    assert found["drop-privileged"].guarded == ()
    assert found["drop-privileged"].states == {"rejected": 1}


def test_what_is_waived_needs_no_fix() -> None:
    waived = replace(FINDINGS[0], waived="on purpose")

    found = kinds(bundle(findings=(waived, FINDINGS[1]), candidates=CANDIDATES[:1]).document)

    assert not found[0].helpful
