from __future__ import annotations

from typing import TYPE_CHECKING

from deployments.cli.fixes import command
from tasks.domain.candidates import Candidate
from tasks.domain.fixes import Fix

if TYPE_CHECKING:
    from pathlib import Path

_CHANGE = Candidate("bind-1", "bind-loopback", ("f",), "db", (), patch="--- a\n")
_FIX = Fix((_CHANGE,), ("f",))


def test_in_a_repository_the_patch_is_told_its_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "deploy here"
    inner.mkdir()

    said = command([inner], _FIX)

    assert said.startswith("cmi check ")
    assert "--patch bind-1 | git -C " in said
    assert said.endswith("apply --directory='deploy here'")


def test_outside_of_a_repository_the_folder_is_enough(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.touch()

    assert command([file], _FIX).endswith(" apply")


def test_what_was_asked_for_is_asked_for_again(tmp_path: Path) -> None:
    assert "--entry 'a b' --patch" in command([tmp_path], _FIX, ("--entry", "a b"))


def test_a_change_without_a_patch_has_no_command(tmp_path: Path) -> None:
    assert not command([tmp_path], Fix((Candidate("c", "k", (), "db", ()),), ()))
