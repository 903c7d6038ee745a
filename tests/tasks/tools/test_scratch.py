from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.tools.scratch import abandoned, scratch, temporary
from tasks.tools.state import VARIABLE

CHECKOUT = Path(__file__).resolve().parents[3]
HOLDER = """
import sys, time
from tasks.tools.scratch import scratch
with scratch("copy") as folder:
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    temporary(tmp_path).mkdir()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def age(folder: Path) -> None:
    long_ago = time.time() - 3600
    os.utime(folder, (long_ago, long_ago))


def test_a_scratch_folder_is_ours_alone_lies_in_our_state_and_goes_away(state: Path) -> None:
    with scratch("git") as folder:
        assert folder.parent == temporary(state)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_without_a_state_it_lies_where_the_machine_keeps_what_is_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))

    with scratch("git") as folder:
        assert not folder.is_relative_to(tmp_path / "nowhere")


def test_a_folder_is_abandoned_when_its_process_was_killed_and_not_before(state: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        folder = Path(holder.stdout.readline().strip())
        age(folder)
        assert abandoned(state) == ()
        holder.send_signal(signal.SIGKILL)
        holder.wait()

    assert abandoned(state) == (folder,)


def test_a_folder_that_was_only_just_made_and_what_is_not_ours_are_left_alone(state: Path) -> None:
    (temporary(state) / "cmi-scratch-git-new").mkdir()
    (strange := temporary(state) / "runner_storage").mkdir()
    age(strange)

    assert abandoned(state) == ()
