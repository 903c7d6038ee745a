from __future__ import annotations

import io
import os

import pytest

from deployments.cli.layout import columns, pad, shell, wide, wrap


def test_chinese_letters_take_two_columns_and_accents_none() -> None:
    assert wide("中文ab") == 6
    assert wide("e\u0301") == 1
    assert pad("中", 4) == "中  "


def test_a_line_is_broken_at_blanks_and_keeps_its_indent() -> None:
    assert wrap("one two three", 9, first="- ", rest="  ") == ["- one two", "  three"]


def test_a_path_is_never_broken() -> None:
    path = "deployment/" * 9

    assert path in wrap(f"see {path} there", 20)


def test_chinese_is_broken_between_letters_and_no_line_begins_with_a_full_stop() -> None:
    lines = wrap("服务以特权方式运行。请去掉。", 10)

    assert all(wide(line) <= 12 for line in lines)
    assert len(lines) > 1
    assert not [line for line in lines if line.startswith("。")]
    assert "".join(lines) == "服务以特权方式运行。请去掉。"


def test_a_broken_command_is_the_same_command_for_a_shell() -> None:
    command = "cmi check 'a b/c d' --patch some-very-long-name | git -C . apply --directory=x"

    lines = shell(command, 30, "  ")

    assert max(map(wide, lines)) <= 30
    assert " ".join(line.removesuffix(" \\").strip() for line in lines) == command
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert shell("cmi check .", 80, "  ") == ["  cmi check ."]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("asked", "given"), [("20", 40), ("90", 90), ("300", 100)])
def test_a_terminal_decides_within_what_can_be_read(
    asked: str, given: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "COLUMNS", asked)

    assert columns(_Terminal()) == given
    assert columns(io.StringIO()) == 80
