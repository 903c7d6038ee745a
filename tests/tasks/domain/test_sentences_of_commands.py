from __future__ import annotations

import re
from collections import Counter

import pytest

from tasks.domain.sentences import in_language, reading, texts
from tests.sentences import spoken_templates

# Said to programs, or a table: nothing to translate.
_NO_SENTENCE = re.compile(r"(?:[^A-Za-z]|MiB|process|Prefect|export)*")
VALUES = ("7", "§", "7.7:3")


def test_no_sentence_is_in_the_catalogue_twice() -> None:
    english = [re.sub(r"{\w+}", "{}", each) for each in texts("en").values()]

    assert [each for each, times in Counter(english).items() if times > 1] == []


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
    for line in template.split("\n"):
        letters = sum(map(str.isalpha, line))
        said = [reading(line.replace("{}", value), "zh") for value in VALUES]

        best = max(each.sure for each in said)
        assert best >= letters, f"add it to knowledge/commands: {line}"


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
            "在 Prefect 服务器上注册失败：此处没有安装 `git`。",  # noqa: RUF001  # Chinese marks
        ),
        ("Nobody ever said this. Run {a} it.", "Nobody ever said this. Run {a} it."),
    ],
)
def test_paths_and_values_stay_and_what_is_unknown_too(english: str, chinese: str) -> None:
    assert in_language(english, "zh") == chinese
    assert in_language(english, "en") == english


def test_a_long_complaint_of_a_program_costs_no_time() -> None:
    text = "The chart does not render: " + "Error. In line 3: it broke. " * 200

    assert in_language(text, "zh").startswith("chart 无法渲染")
