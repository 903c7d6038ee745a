import os
import tempfile
from pathlib import Path

import pytest

from tasks.tools import processes
from tasks.tools.command import SHORT_TIMEOUT, run
from tasks.tools.installed.engine import (
    FOLDER,
    Installed,
    RootNeededError,
    remove,
    start,
    stop,
)


def test_a_stale_process_file_never_names_a_stranger(tmp_path: Path) -> None:
    installed = Installed(tmp_path)
    assert installed.process() is None

    (tmp_path / "docker.pid").write_text(str(os.getpid()))
    assert processes.find(os.getpid()) is not None
    assert installed.process() is None


def test_who_is_not_root_is_told_so_before_anything_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    for refused in (start, stop):
        with pytest.raises(RootNeededError, match="sudo"):
            refused(Installed(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.engine
def test_an_engine_that_is_started_twice_is_one_and_stopping_it_leaves_nothing() -> None:
    if os.geteuid() != 0 or Installed().process() is None:
        pytest.skip("no engine of ours runs here; `cmi doctor --install-engine` starts one")
    # Sockets below it have names of their own: a long folder would leave no room for them.
    installed = Installed(Path(tempfile.mkdtemp(prefix="cmi-", dir="/var/tmp")))
    (installed.folder / "root").symlink_to(FOLDER / "root")
    try:
        start(installed)
        first = installed.process()
        start(installed)

        assert first is not None
        assert installed.process() == first
        assert installed.network.exists
    finally:
        stop(installed)
    assert installed.process() is None
    assert not installed.network.exists
    assert _left(installed.network.name) == []
    remove(installed)
    assert not installed.folder.exists()


def _left(name: str) -> list[str]:
    questions = [("iptables", "-S"), ("iptables", "-t", "nat", "-S"), ("ip", "link")]
    answers = [run(*q, timeout=SHORT_TIMEOUT).stdout.decode() for q in questions]
    return [line for answer in answers for line in answer.splitlines() if name in line]
