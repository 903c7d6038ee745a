"""Who measures keeps others out; whoever is killed lets go; who gives up waits no longer."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tasks.tools import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from tasks.tools import quiet
quiet._PLACES = (Path(sys.argv[1]),)
with quiet.held(lambda: None, "the-other"):
    print("held", flush=True)
    time.sleep(60)
"""


class EnoughError(Exception):
    """Somebody does not want to wait any longer."""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a host of our own."""
    monkeypatch.setattr(quiet, "_PLACES", (tmp_path,))
    return tmp_path


@pytest.fixture
def other(place: Path) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-c", HOLD, str(place)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"held\n"
        yield program
        program.kill()


def give_up() -> None:
    raise EnoughError


def never() -> None:
    pytest.fail("there was something to wait for")


def test_where_nobody_measures_nobody_waits(place: Path) -> None:
    quiet.passed(never)
    with quiet.held(never):
        pass
    quiet.passed(never)

    assert [each.name for each in place.iterdir()] == [f"cmi-quiet-{os.geteuid()}"]


def test_while_another_process_measures_steps_and_measurements_wait(
    other: subprocess.Popen[bytes],
) -> None:
    with pytest.raises(EnoughError):
        quiet.passed(give_up)
    with pytest.raises(EnoughError), quiet.held(give_up):
        pytest.fail("two measure at once")

    other.send_signal(signal.SIGKILL)
    other.wait()
    quiet.passed(never)


def test_the_threads_of_one_process_wait_for_each_other_too() -> None:
    passed = threading.Event()

    def step() -> None:
        quiet.passed(lambda: None)
        passed.set()

    with quiet.held(never):
        waiting = threading.Thread(target=step)
        waiting.start()
        assert not passed.wait(0.5)
    assert passed.wait(5)
    waiting.join()


def test_many_steps_do_not_keep_a_measurement_waiting() -> None:
    ended = threading.Event()

    def steps() -> None:
        while not ended.is_set():
            quiet.passed(lambda: None)

    busy = [threading.Thread(target=steps) for _ in range(4)]
    for each in busy:
        each.start()
    began = time.monotonic()
    with quiet.held(lambda: None):
        waited = time.monotonic() - began
    ended.set()
    for each in busy:
        each.join()

    assert waited < 30


def test_what_others_put_there_is_neither_followed_nor_waited_for(place: Path) -> None:
    (place / f"cmi-quiet-{os.geteuid()}").symlink_to(place / "elsewhere")

    with quiet.held(never):
        quiet.passed(never)

    assert not (place / "elsewhere").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file of another user")
def test_a_strangers_lock_keeps_nobody_out(place: Path) -> None:
    made = place / "cmi-quiet-0"
    made.touch()
    os.chown(made, 65534, 65534)

    with made.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with quiet.held(never):
            quiet.passed(never)

    assert made.stat().st_uid == 65534


def test_without_a_place_for_it_nobody_is_kept_out(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiet, "_PLACES", (place / "missing",))

    with quiet.held(never):
        quiet.passed(never)

    assert list(place.iterdir()) == []


def test_who_measures_is_told_by_name_until_the_end_whatever_ends_it(
    other: subprocess.Popen[bytes],
) -> None:
    assert quiet.holder() == "the-other"

    other.send_signal(signal.SIGKILL)
    other.wait()

    assert quiet.holder() is None
    with quiet.held(never, "x"):
        assert quiet.holder() == "x"
    assert quiet.holder() is None
