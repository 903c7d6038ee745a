from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.texts import check_texts
from tasks.domain.reporting.described import candidate_texts, finding_texts
from tasks.domain.security.candidates import CHANGES
from tasks.domain.security.checks import CHECKS
from tests.bundles import CANDIDATES, FINDINGS


def test_a_finding_is_described_in_both_languages_with_its_subject() -> None:
    finding = replace(FINDINGS[1], check="privileged-container")
    texts = finding_texts(finding)

    assert "db" in texts["en"].message
    assert "db" in texts["zh"].message
    assert texts["en"].why != texts["zh"].why


@pytest.mark.parametrize("check", [check.id for check in CHECKS])
def test_no_check_is_without_title_reason_and_remedy(check: str) -> None:
    for words in check_texts()[check].words.values():
        assert all((words.title.strip(), words.why.strip(), words.remedy.strip()))


def test_a_candidate_is_described_in_both_languages_with_its_subject() -> None:
    texts = candidate_texts(replace(CANDIDATES[0], kind="bind-loopback", subject="web"))

    assert texts["en"].message == "Binds the published port of web to 127.0.0.1."
    assert "web" in texts["zh"].message
    assert texts["zh"].remedy


def test_a_kind_without_texts_is_our_fault_and_not_hidden() -> None:
    with pytest.raises(KeyError):
        candidate_texts(replace(CANDIDATES[0], kind="unheard-of"))


@pytest.mark.parametrize("kind", sorted({each.kind for each in CHANGES}))
def test_a_kind_says_nothing_that_its_changes_do_not_know(kind: str) -> None:
    """What a message names beside its subject, the changes of that kind have among their facts."""
    known = {"fit-size": ("memory", "cpus"), "start-with-process": ("target",)}
    facts = {name: f"<{name}>" for name in known.get(kind, ())}
    texts = candidate_texts(replace(CANDIDATES[0], kind=kind, subject="web", facts=facts))

    for text in texts.values():
        assert all(fact in text.message for fact in facts.values())
