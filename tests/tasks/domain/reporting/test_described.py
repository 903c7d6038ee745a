from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.texts import check_texts
from tasks.domain.reporting.described import finding_texts
from tasks.domain.security.checks import CHECKS
from tests.bundles import FINDINGS


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
