from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from knowledge.texts import check_texts
from tasks.domain.findings import Severity
from tasks.domain.reporting.artifacts import (
    MOST_ROWS,
    Results,
    findings_line,
    findings_rows,
    headline,
    progress_line,
    summary,
)
from tasks.domain.settling import CellState, Settled
from tests.bundles import FINDINGS

LANGUAGES = ("en", "zh")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CELLS = (
    Settled("theory/distributed", CellState.DONE),
    Settled("build/security", CellState.FAILED, reason="the disk is full\nTraceback"),
    Settled("build/edge", CellState.NOT_BUILT),
)
BAD, WORSE = (
    replace(FINDINGS[0], check="privileged-container", severity=severity)
    for severity in (Severity.HIGH, Severity.CRITICAL)
)
RESULTS = Results("shop/compose.yaml", CELLS, "/b/1", "abc", (WORSE, BAD, BAD), 2)


def test_the_summary_counts_findings_and_changes_and_names_bundle_and_digest() -> None:
    text = summary(RESULTS, "en")

    assert text.startswith("# Improvement of shop/compose.yaml\n")
    assert "3 findings: 1 critical, 2 high." in text
    assert "2 changes are proposed." in text
    assert "`/b/1`" in text
    assert "`abc`" in text


def test_the_summary_gives_each_cells_state_and_the_first_line_of_its_reason() -> None:
    text = summary(RESULTS, "en")

    assert "1 of 3 cells of the programme are done." in text
    assert "| `build/security` | failed | the disk is full |" in text
    assert "Traceback" not in text
    assert "Not built yet: `build/edge`." in text


def test_what_was_not_looked_for_is_not_called_absent() -> None:
    nothing = replace(RESULTS, findings=None, changes=None, bundle="", digest="")

    assert "Findings were not looked for" in headline(nothing, "en")
    assert "No finding" not in summary(nothing, "en")
    assert "No bundle was written." in summary(nothing, "en")
    assert "No finding." in headline(replace(nothing, findings=()), "en")


def test_a_platforms_own_names_are_text_and_never_markup() -> None:
    hostile = replace(RESULTS, name="<img src=//x>/[a](b) ![c](//d)")

    page = MarkdownIt("commonmark").render(summary(hostile, "en"))

    assert "<img" not in page
    assert "<a" not in page


def test_each_finding_is_a_row_with_its_id_in_words_of_the_language() -> None:
    english, chinese = (findings_rows([WORSE], language)[0] for language in LANGUAGES)
    titles = check_texts()["privileged-container"].words

    place = f"{WORSE.place.file}:{WORSE.place.line}"
    assert list(english.values()) == [
        "critical", titles["en"].title, WORSE.subject, place, WORSE.id
    ]  # fmt: skip
    assert list(chinese.values()) == [
        "严重", titles["zh"].title, WORSE.subject, place, WORSE.id
    ]  # fmt: skip


def test_a_waived_finding_is_marked_and_counted() -> None:
    waived = replace(BAD, waived="accepted until spring (kim)")

    assert findings_rows([waived], "en")[0]["severity"] == "high, waived"
    assert (
        findings_line([waived, BAD], "en") == "2 findings: 2 high. 1 of them is waived by an owner."
    )


def test_a_table_that_was_cut_says_so() -> None:
    many = [BAD] * (MOST_ROWS + 1)

    assert len(findings_rows(many, "en")) == MOST_ROWS
    assert f"first {MOST_ROWS} are shown" in findings_line(many, "en")


def test_progress_names_the_newest_cell_and_how_it_settled() -> None:
    assert progress_line(CELLS[0], "en") == "theory/distributed: done"
    assert progress_line(CELLS[0], "zh") == "theory/distributed\uff1a完成"
    assert progress_line(None, "en") == "No cell has settled yet."


@pytest.mark.parametrize("said", [summary(RESULTS, "zh"), headline(RESULTS, "zh")])
def test_in_chinese_no_english_word_of_ours_is_left(said: str) -> None:
    quiet = re.sub(r"`[^`]*`|shop/compose.yaml|the disk is full", "", said)

    assert CHINESE.search(quiet)
    assert not re.findall(r"[A-Za-z]{2,}", quiet)
