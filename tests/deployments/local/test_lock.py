import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deployments.local.errors import StackError
from deployments.local.lock import held, locked

HOLD = """
import sys, time
from pathlib import Path
from deployments.local.errors import StackError
from deployments.local.lock import held, locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def _holder(path: Path) -> "subprocess.Popen[bytes]":
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    return holder


def test_the_lock_is_free_again_after_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with _holder(path) as holder:
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait(5)
        began = time.monotonic()
        with locked(path, patience=5):
            assert time.monotonic() - began < 1


def test_a_second_one_waits_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lock"
    with _holder(path) as holder:
        with pytest.raises(StackError, match="for too long"), locked(path, patience=0.3):
            pass
        holder.kill()

    assert "waiting for it" in capsys.readouterr().err


def test_a_lock_whose_file_was_removed_protects_nobody(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path):
        path.unlink()
        with locked(path, patience=1):
            assert path.exists()


def test_who_only_asks_whether_it_is_held_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    assert not held(path)
    assert not path.exists()
    with locked(path):
        assert held(path)
    assert not held(path)
