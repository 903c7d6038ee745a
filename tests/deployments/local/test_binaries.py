import importlib.util
import os
import stat
from pathlib import Path

import pytest

from deployments.local import binaries
from deployments.local.errors import StackError
from deployments.local.layout import Layout


def test_a_missing_wheel_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(StackError, match="CMI_DATABASE_URL"):
        binaries.locate(Layout(tmp_path, tmp_path / "state"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_under_root_a_nameless_user_can_reach_the_programs(own_layout: Layout) -> None:
    found = binaries.locate(own_layout)

    assert found.server_uid not in {None, 0}
    assert found.maker_uid not in {None, 0}
    for folder in [found.folder, *found.folder.parents]:
        assert folder.stat().st_mode & stat.S_IXOTH, folder
    assert binaries.locate(own_layout) == found


@pytest.mark.skipif(os.geteuid() == 0, reason="root runs the server as somebody else")
def test_an_ordinary_user_runs_the_wheels_programs_as_themselves(own_layout: Layout) -> None:
    found = binaries.locate(own_layout)

    assert (found.folder / "postgres").exists()
    assert found.server_uid is None
