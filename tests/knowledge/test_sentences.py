from __future__ import annotations

import re
from string import Formatter

import pytest

from knowledge.sentences import Sentence, reading, sentences, translated
from tests.sentences import spoken_templates

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Said to programs, or a table: nothing to translate.
_NO_SENTENCE = re.compile(r"(?:[^A-Za-z]|MiB|process|Prefect|export)*")
VALUE = "§"


def _names(template: str) -> list[str]:
    return sorted(name for _, name, *_ in Formatter().parse(template) if name)


@pytest.mark.parametrize("sentence", sentences(), ids=lambda each: each.id)
def test_a_sentence_has_both_languages_with_the_same_values(sentence: Sentence) -> None:
    assert set(sentence.words) == {"en", "zh"}
    assert set(_names(sentence.words["en"])) == set(_names(sentence.words["zh"]))
    assert _CHINESE.search(sentence.words["zh"])
    assert not _CHINESE.search(sentence.words["en"])


def test_no_sentence_is_in_the_catalogue_twice() -> None:
    english = [re.sub(r"{\w+}", "{}", each.words["en"]) for each in sentences()]

    assert len(set(english)) == len(english)


TEMPLATES = {
    template: place
    for template, place in spoken_templates().items()
    if not _NO_SENTENCE.fullmatch(template.replace("{}", ""))
}


def test_the_code_says_many_things() -> None:
    assert len(TEMPLATES) > 100


@pytest.mark.parametrize(
    "template", [pytest.param(text, id=f"{place} {text}") for text, place in TEMPLATES.items()]
)
def test_whatever_the_code_says_can_be_said_in_chinese(template: str) -> None:
    for line in template.replace("{}", VALUE).split("\n"):
        said = reading(line, "zh")
        breaks = len(re.findall(r"[.?!:)] ", line))

        missing = f"add it to knowledge/sentences.yaml: {said.text}"
        assert said.sure >= len(line) - line.count(VALUE) - breaks, missing
        assert line.count(VALUE) <= said.text.count(VALUE)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("/a b. c is damaged.", "/a b. c 已损坏。"),
        (
            "x cannot be written: Permission denied. Get the right to it, or name another place.",
            "无法写入 x：权限不足。请取得相应权限，或指定其他位置。",  # noqa: RUF001  # Chinese marks
        ),
        (
            "Registering with Prefect's server failed: `git` is not installed here.",
            "在 Prefect 服务器上注册失败：这里没有安装 `git`。",  # noqa: RUF001  # Chinese marks
        ),
        ("Nobody ever said this. Run {a} it.", "Nobody ever said this. Run {a} it."),
    ],
)
def test_paths_and_values_stay_and_what_is_unknown_too(english: str, chinese: str) -> None:
    assert translated(english, "zh") == chinese
    assert translated(english, "en") == english


def test_a_long_complaint_of_a_program_costs_no_time() -> None:
    text = "The chart does not render: " + "Error. In line 3: it broke. " * 200

    assert translated(text, "zh").startswith("Chart 无法渲染")
