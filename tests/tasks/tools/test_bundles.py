from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tasks.domain.reporting.bundle import Bundle, seal
from tasks.tools import bundles
from tasks.tools.bundles import NoBundleError, NoRoomError, read, write
from tests.bundles import bundle

if TYPE_CHECKING:
    from pathlib import Path

BUNDLE = seal(bundle(), {"findings.sarif": b"{}"})


def everything(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def test_what_was_written_reads_back(tmp_path: Path) -> None:
    again = read(write(BUNDLE, tmp_path / "a" / "bundle"))

    assert (again.document, again.files) == (BUNDLE.document, BUNDLE.files)


def test_writing_again_changes_no_file(tmp_path: Path) -> None:
    folder = write(BUNDLE, tmp_path / "bundle")
    before = {path: path.stat().st_ino for path in folder.rglob("*")}
    write(BUNDLE, folder)

    assert {path: path.stat().st_ino for path in folder.rglob("*")} == before


def test_a_newer_bundle_takes_the_place_whole(tmp_path: Path) -> None:
    folder = write(BUNDLE, tmp_path / "bundle")
    newer = seal(bundle(version="0.2.0"), {})
    write(newer, folder)

    assert read(folder).files == newer.files
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_the_users_own_folder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(NoBundleError, match="is not a bundle"):
        write(BUNDLE, tmp_path)
    assert everything(tmp_path) == {"thesis.txt": b"mine"}


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "bundle").symlink_to(tmp_path / "real")

    with pytest.raises(NoBundleError, match="is not a bundle"):
        write(BUNDLE, tmp_path / "bundle")


def test_a_failure_in_the_middle_leaves_the_old_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(BUNDLE, tmp_path / "bundle")
    before = everything(folder)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoomError, match=r"No space left on device\. Make room"):
        write(seal(bundle(version="0.2.0"), {}), folder)

    assert everything(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".bundle.cmi-unfinished-x1").mkdir()
    (tmp_path / ".bundle.mine").mkdir()
    write(BUNDLE, tmp_path / "bundle")

    assert sorted(path.name for path in tmp_path.iterdir()) == [".bundle.mine", "bundle"]


@pytest.mark.parametrize("path", ["../out", "/etc/out", "a/../../out", ""])
def test_no_path_leaves_the_folder(tmp_path: Path, path: str) -> None:
    hostile = Bundle(BUNDLE.document, {path: b"x"})

    with pytest.raises(NoBundleError, match="not a path inside"):
        write(hostile, tmp_path / "bundle")
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_a_bundle_is_refused(tmp_path: Path) -> None:
    folder = write(BUNDLE, tmp_path / "bundle")
    (folder / "evidence" / "secret.txt").symlink_to("/etc/passwd")

    with pytest.raises(NoBundleError, match="neither a file nor a folder"):
        read(folder)


@pytest.mark.parametrize("index", [b"{", b"[]", b"[" * 200_000, b"\xff"])
def test_an_index_that_is_no_json_object_is_one_sentence(tmp_path: Path, index: bytes) -> None:
    (tmp_path / "bundle.json").write_bytes(index)

    with pytest.raises(NoBundleError, match="is not"):
        read(tmp_path)


def test_a_folder_without_an_index_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(NoBundleError, match=r"holds no bundle\.json"):
        read(tmp_path)


def test_reading_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(BUNDLE, tmp_path / "bundle")
    monkeypatch.setattr(bundles, "MAX_TOTAL_BYTES", 100)

    with pytest.raises(NoBundleError, match="larger than any bundle"):
        read(folder)
