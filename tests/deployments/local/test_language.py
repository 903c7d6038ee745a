import io
import subprocess
import sys
from pathlib import Path

import pytest

from deployments.local.language import CHOSEN, can_write, known, language, spoken, taken_out

SAID = "No path was given. Name a folder or a file."
CHECKOUT = Path(__file__).resolve().parents[3]


def _stream(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("arguments", "rest", "told"),
    [
        (["check", "."], ["check", "."], None),
        (["check", "--lang", "zh", "."], ["check", "."], "zh"),
        (["--lang=en", "check", "--lang=zh"], ["check"], "zh"),
        (["check", "--lang"], ["check"], ""),
        (["check", "--", "--lang", "zh"], ["check", "--", "--lang", "zh"], None),
    ],
)
def test_the_option_is_found_wherever_it_stands(
    arguments: list[str], rest: list[str], told: str | None
) -> None:
    assert taken_out(arguments) == (rest, told)


def test_only_languages_that_we_speak_are_known() -> None:
    assert [known(each) for each in ("en", "zh", "fr", "")] == ["en", "zh", None, None]


def test_the_option_beats_the_locale_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert spoken(SAID, _stream("utf-8")) == "没有给出路径。请指定一个文件夹或文件。"
    token = CHOSEN.set("en")
    try:
        assert language() == "en"
        assert spoken(SAID, _stream("utf-8")) == SAID
    finally:
        CHOSEN.reset(token)


def test_a_terminal_without_chinese_gets_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert spoken(SAID, _stream("ascii")) == SAID
    assert spoken(SAID, _stream("gb18030")) != SAID


def test_before_the_installation_english_has_to_do() -> None:
    code = f"from deployments.local.speech import say; say({SAID!r})"
    done = subprocess.run(
        [sys.executable, "-S", "-X", "utf8", "-c", code],
        cwd=CHECKOUT,
        env={"LC_ALL": "zh_CN.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr == SAID + "\n"


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "writes"),
    [
        ({"LC_ALL": "C"}, False),
        ({"LC_ALL": "", "LANG": "POSIX"}, False),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}, True),
        ({"LC_ALL": "", "LANG": ""}, True),
    ],
)
def test_a_terminal_in_the_c_locale_writes_no_chinese(
    variables: dict[str, str], writes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_CTYPE", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert can_write(_Terminal()) is writes
