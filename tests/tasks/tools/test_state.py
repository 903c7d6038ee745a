from pathlib import Path

import pytest

from tasks.tools.state import VARIABLE, StateMissingError, state_folder


def test_the_state_is_where_the_stack_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/srv/cmi")

    assert state_folder() == Path("/srv/cmi")


def test_without_a_stack_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)

    with pytest.raises(StateMissingError, match=r"start-project\.sh"):
        state_folder()
