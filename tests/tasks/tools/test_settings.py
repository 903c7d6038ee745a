from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.settings import Settings
from tasks.tools.errors import PermanentToolError
from tasks.tools.settings import load, settings_beside

if TYPE_CHECKING:
    from pathlib import Path


def test_settings_lie_beside_the_platform(tmp_path: Path) -> None:
    (tmp_path / "cmi.yaml").write_text("entry: compose.yaml\n", encoding="utf-8")
    compose = tmp_path / "compose.yaml"
    compose.touch()

    for named in (tmp_path, compose):
        settings, file = settings_beside([named])
        assert settings.entry == "compose.yaml"
        assert file == tmp_path / "cmi.yaml"


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert settings_beside([tmp_path]) == (Settings(), None)


def test_a_mistake_ends_in_one_error_with_file_line_and_remedy(tmp_path: Path) -> None:
    file = tmp_path / "cmi.yaml"
    file.write_text("version: 1\nentri: compose.yaml\n", encoding="utf-8")

    with pytest.raises(PermanentToolError, match=r"cmi\.yaml:2: .*Did you mean `entry`"):
        load(file)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "cmi.yaml"
    file.write_bytes(b"entry: \xff\xff\n")

    with pytest.raises(PermanentToolError, match="not UTF-8"):
        load(file)


def test_a_file_that_is_gone_is_an_error_of_the_outside_world(tmp_path: Path) -> None:
    with pytest.raises(PermanentToolError, match="cannot be read"):
        load(tmp_path / "cmi.yaml")
