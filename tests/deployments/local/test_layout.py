import os
from pathlib import Path

import pytest

from deployments.local.layout import SOCKET_NAME, SOCKET_PATH_BYTES, Layout


def test_the_state_folder_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CMI_STATE", str(tmp_path))

    assert Layout.find().state == tmp_path


def test_the_state_is_beside_the_source_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CMI_STATE", raising=False)
    layout = Layout.find()

    assert layout.state == layout.checkout / ".cmi"
    assert (layout.checkout / "start-project.sh").exists()


def test_the_state_is_for_its_owner_only(tmp_path: Path) -> None:
    layout = Layout(tmp_path, tmp_path / "state")
    layout.prepare()

    assert layout.state.stat().st_mode & 0o777 == 0o700
    assert layout.results.stat().st_mode & 0o777 == 0o700


def test_two_checkouts_have_two_marks(tmp_path: Path) -> None:
    marks = {Layout(tmp_path, tmp_path / name).mark for name in ("a", "b", "b")}

    assert len(marks) == 2


@pytest.mark.parametrize("length", [1, 90, 200], ids=["short", "near the limit", "long"])
@pytest.mark.parametrize("user", [0, 1000], ids=["root", "ordinary"])
def test_a_socket_path_always_fits_into_the_kernels_structure(
    length: int, user: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    layout = Layout(tmp_path, tmp_path / ("x" * length))

    assert len(os.fsencode(layout.socket_folder / SOCKET_NAME)) <= SOCKET_PATH_BYTES
