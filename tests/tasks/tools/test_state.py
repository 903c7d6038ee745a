from pathlib import Path

import pytest

from tasks.tools.state import VARIABLE, StateMissingError, state_folder, work_folder


def test_the_state_is_where_the_stack_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/srv/cmi")

    assert state_folder() == Path("/srv/cmi")


def test_without_a_stack_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)

    with pytest.raises(StateMissingError, match=r"start-project\.sh"):
        state_folder()


def test_where_no_stack_is_we_work_beside_the_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert work_folder(tmp_path / "bundle") == tmp_path / "bundle.work"

    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    assert work_folder(tmp_path / "bundle") == tmp_path / "state"
