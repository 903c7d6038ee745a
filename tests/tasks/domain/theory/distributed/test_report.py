from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.platform.model import Entry, EntryKind, Platform
from tasks.domain.reporting.texts import wording
from tasks.domain.theory.distributed.analysis import analyse
from tasks.domain.theory.distributed.report import describe

if TYPE_CHECKING:
    from tests.tasks.domain.theory.distributed.conftest import MakePlatform

NEEDS = [("web", "api"), ("api", "db")]


def test_both_languages_have_the_same_texts() -> None:
    assert wording("en", "theory").keys() == wording("zh", "theory").keys()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_text_names_the_critical_path_and_what_it_costs(
    language: str, make_platform: MakePlatform
) -> None:
    figures = analyse(make_platform(NEEDS, intervals={"db": 5, "api": 10}))

    text = describe("shop", figures).texts[language]

    assert "`db` → `api` → `web`" in text
    assert "15" in text
    assert "{" not in text


def test_the_figures_are_the_same_in_both_languages(make_platform: MakePlatform) -> None:
    texts = describe("shop", analyse(make_platform(NEEDS, intervals={"db": 5}))).texts

    rows = {
        language: [line.count("|") for line in text.splitlines() if line.startswith("|")]
        for language, text in texts.items()
    }
    assert rows["en"] == rows["zh"] != []


def test_a_name_cannot_become_markup(make_platform: MakePlatform) -> None:
    figures = analyse(make_platform([("web", "a|b`c"), ("x", "web")], published=["x"]))

    text = describe("shop", figures).texts["en"]

    assert all(
        line.count("|") - line.count("\\|") == 5
        for line in text.splitlines()
        if line.startswith("|")
    )


def test_nothing_to_compute_is_said() -> None:
    texts = describe("none", analyse(Platform(Entry("e", EntryKind.COMPOSE, ())))).texts

    assert "nothing to compute" in texts["en"]


def test_a_long_table_is_cut_and_counted(make_platform: MakePlatform) -> None:
    figures = analyse(make_platform([(f"s{n}", f"s{n + 1}") for n in range(40)]))

    assert "14 more rows" in describe("shop", figures).texts["en"]
