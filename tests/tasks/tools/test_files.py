from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.tools.files import put

if TYPE_CHECKING:
    from pathlib import Path


def test_files_are_replaced_and_keep_their_mode(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"1")
    old.chmod(0o640)

    put({old: b"2", new: b"3"})

    assert (old.read_bytes(), new.read_bytes()) == (b"2", b"3")
    assert old.stat().st_mode & 0o777 == 0o640
    assert _names(tmp_path) == ["new", "old"]


def test_one_that_cannot_be_written_leaves_all_as_they_were(tmp_path: Path) -> None:
    good = tmp_path / "good"
    good.write_bytes(b"1")

    with pytest.raises(OSError, match="No such file"):
        put({good: b"2", tmp_path / "gone/file": b"3"})

    assert good.read_bytes() == b"1"
    assert _names(tmp_path) == ["good"]


def test_one_that_cannot_take_its_name_gives_the_others_their_bytes_back(tmp_path: Path) -> None:
    good, fresh, folder = tmp_path / "good", tmp_path / "fresh", tmp_path / "folder"
    good.write_bytes(b"1")
    folder.mkdir()

    with pytest.raises(OSError, match="directory"):
        put({good: b"2", fresh: b"3", folder: b"4"})

    assert good.read_bytes() == b"1"
    assert _names(tmp_path) == ["folder", "good"]


def _names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())
