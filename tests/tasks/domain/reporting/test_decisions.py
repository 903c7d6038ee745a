from __future__ import annotations

from dataclasses import replace

from tasks.domain.reporting.decisions import questions
from tasks.domain.reporting.texts import wording
from tests.bundles import FINDINGS, accepted, bundle


def test_each_question_counts_what_it_is_about() -> None:
    asked = {each.key: each.count for each in questions(bundle().document)}

    assert asked == {"apply": 1, "prove": 2, "waived": 1, "unread": 1}


def test_a_grave_finding_without_a_change_needs_somebody() -> None:
    asked = {each.key: each.count for each in questions(bundle(candidates=()).document)}

    assert asked["by_hand"] == 2


def test_what_is_settled_is_not_asked() -> None:
    document = bundle(
        findings=(replace(FINDINGS[0], waived=""),), candidates=(accepted(),), unread=()
    ).document

    assert {each.key for each in questions(document)} <= {"apply"}


def test_every_question_has_its_words_in_both_languages() -> None:
    for language in ("en", "zh"):
        for each in (*questions(bundle().document), *questions(bundle(candidates=()).document)):
            assert wording(language)(f"decide.{each.key}", n=each.count)
            assert wording(language)(f"decide.where.{each.anchor}")
