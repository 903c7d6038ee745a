from __future__ import annotations

import re

import pytest

from deployments.cli import main

VERBS = ["", *main.GROUPS, *(verb for verb, _, _ in main.COMMANDS)]
# Names of programs, options and values stay as they are; a sentence of three words does not.
_ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [A-Za-z]{2,}")


def _help(verb: str, capsys: pytest.CaptureFixture[str], *, lang: str) -> str:
    assert main.call([*verb.split(), "--help", "--lang", lang]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("verb", VERBS)
def test_no_help_text_stays_english_for_a_chinese_reader(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")  # no sentence is broken over two lines
    shown = _help(verb, capsys, lang="zh")

    left = [
        line.strip("\u2502 ")
        for line in shown.split("\n")
        if _ENGLISH.search(line) and not re.search(r"\w: *cmi |\uff1acmi ", line)
    ]
    assert left == [], "say it in knowledge/commands, under help"


@pytest.mark.parametrize("verb", VERBS)
def test_help_names_the_same_options_in_both_languages(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    named = [
        set(re.findall(r"--[a-z-]+|[A-Z]{3,}", _help(verb, capsys, lang=lang)))
        for lang in ("en", "zh")
    ]

    assert named[0] == named[1]
    assert named[0]


def test_choices_and_defaults_are_said_in_chinese_too(capsys: pytest.CaptureFixture[str]) -> None:
    shown = _help("check", capsys, lang="zh")

    assert "[\u53ef\u9009\uff1a" in shown
    assert "[choices" not in shown
    assert "[default" not in shown


@pytest.mark.parametrize("verb", VERBS)
def test_that_a_switch_is_off_goes_without_saying(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = _help(verb, capsys, lang="en")

    assert "default: False" not in shown
    assert "default: ()" not in shown
