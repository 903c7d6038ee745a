"""The impact report and the line of a decision, as people read them."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from tasks.domain.canonical import plain
from tasks.domain.impact import CellStanding, Standing, question
from tasks.domain.interruptions import Answer, Choice, Decision, Kind, Strategy, Trigger
from tasks.domain.reporting.impacts import LANGUAGES, decided_line, impact_text, replan_text
from tasks.domain.reporting.texts import wording

CHINESE = re.compile(r"[\u4e00-\u9fff]")
CELLS = (
    CellStanding("theory/distributed", Standing.VALID).priced(2.0, 1.0),
    CellStanding("build/security", Standing.STALE, ("code", "given")).priced(10.0, 4.0),
    CellStanding("optimise/training", Standing.OPEN),
)
HOSTILE = "a rival | ships <script>alert(1)</script> [here](http://evil.example)"
TRIGGERS = (
    Trigger(Kind.MARKET, "1", HOSTILE, "kim", "command"),
    Trigger(Kind.COST, "2", "it takes too long"),
)
ASKED = Decision("run-7", "gate-1", question(TRIGGERS, CELLS), "2026-11-27T10:00:00+00:00")


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_say_why_what_became_stale_what_stays_and_how_to_answer(
    language: str,
) -> None:
    text = impact_text(ASKED, "shop/compose.yaml", language)

    assert "`cmi decide run-7`" in text
    for needed in ("10.0", "`theory/distributed`", "`optimise/training`", "kim"):
        assert needed in text
    for choice in Choice:
        assert choice.value in text
    for strategy in Strategy:
        assert f"{strategy.value}" in text
    assert bool(CHINESE.search(text)) is (language == "zh")


def test_what_a_person_wrote_stays_text_in_the_report() -> None:
    html = MarkdownIt("commonmark").enable("table").render(impact_text(ASKED, "shop", "en"))

    assert "<script>" not in html
    assert "href" not in html
    assert html.count("<tr>") == 1 + len(CELLS)


def test_a_replan_because_of_our_own_code_says_so_and_names_the_cells_with_their_reasons() -> None:
    text = replan_text("shop", CELLS, "en")

    assert "Our own code changed" in text
    assert "`build/security` runs again: our own code changed; what it stands on runs again" in text
    assert "theory/distributed" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_decision_is_one_line_with_who_what_when_why_and_about_what(language: str) -> None:
    answer = Answer(Choice.REPLAN, "kim", "cheaper", (Strategy.ADJUST_PLAN,))
    decided = Decision("run-7", "gate-1", ASKED.question, ASKED.asked_at, answer, "2026-11-28")

    line = decided_line(plain(decided), language)

    for needed in ("kim", "replan", "cheaper", "2026-11-28", "adjust-plan", "too long"):
        assert needed in line
    assert "\n" not in line


def test_both_languages_have_the_same_texts() -> None:
    english, chinese = (wording(each, "decisions") for each in LANGUAGES)

    assert english.keys() == chinese.keys()


def test_a_duration_that_was_never_measured_is_not_told_as_none() -> None:
    never = (CellStanding("build/security", Standing.OPEN),)
    asked = Decision("run-7", "gate-1", question(TRIGGERS, never), "2026-11-27")

    text = impact_text(asked, "shop", "en")

    assert "never measured here" in text
    assert "0.0 s" not in text
