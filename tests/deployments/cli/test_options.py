from __future__ import annotations

import pytest

from deployments.cli import main
from deployments.cli.options import language
from tasks.domain.exits import Exit


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("zh_CN.UTF-8", "zh"), ("en_GB.UTF-8", "en"), ("de_DE.UTF-8", "en"), ("C", "en")],
)
def test_the_locale_decides_the_language(
    lang: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", lang)

    assert language(None) == expected


def test_the_option_beats_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert language("en") == "en"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", 'Unknown option: "--formt". `cmi check --help` lists what there is.'),
        ("zh", '未知选项："--formt"。`cmi check --help` 会列出可用的内容。'),  # noqa: RUF001  # as Chinese is written
    ],
)
def test_a_mistyped_option_is_named_and_nothing_of_how_it_was_read(
    lang: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.call(["check", "--lang", lang, "--formt", "json", "."]) == Exit.USAGE

    assert capsys.readouterr().err.strip() == said
