import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from tasks.tools.processes import Process, birth, find, marked, memory, send, stop, words

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


# It takes a second to end, as a program does that takes itself apart, or does not get round to it.
SLOW = """
import signal, sys, time
def end(*_):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    time.sleep(60)
signal.signal(signal.SIGTERM, end)
if sys.argv[1:]:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(["sleep", "60"], env={"MARK": "this one"}) as program:  # noqa: S607
        yield program
        program.kill()


def _found(program: "subprocess.Popen[bytes]") -> Process:
    process = find(program.pid)
    assert process is not None
    return process


def _look(process: Process) -> tuple[bool, bool]:
    """Ask in this order: a process may be gone between the questions, and never comes back."""
    return process.doomed, process.alive


def test_a_living_process_is_recognised(sleeper: "subprocess.Popen[bytes]") -> None:
    assert _found(sleeper).alive


def test_a_zombie_does_not_live(sleeper: "subprocess.Popen[bytes]") -> None:
    process = _found(sleeper)
    sleeper.kill()
    while psutil.Process(sleeper.pid).status() != psutil.STATUS_ZOMBIE:
        pass

    assert not process.alive
    assert birth(sleeper.pid) is None


def test_a_killed_process_that_is_not_gone_yet_is_doomed() -> None:
    """Big processes need time to die, during which everything about them looks alive."""
    hungry = "import time; x = bytearray(300_000_000); print(1, flush=True); time.sleep(60)"
    seen_alive = 0
    for _ in range(10):
        with subprocess.Popen([sys.executable, "-c", hungry], stdout=subprocess.PIPE) as program:
            assert program.stdout is not None
            program.stdout.readline()
            process = _found(program)
            assert _look(process) == (False, True)
            program.kill()
            while (look := _look(process)) != (False, False):
                assert look[0]
                seen_alive += look[1]

    assert seen_alive, "no process was looked at while it died"


@pytest.mark.parametrize("busy", [(), ("busy",)])
def test_a_process_that_was_asked_to_end_and_still_runs_is_leaving(busy: tuple[str, ...]) -> None:
    words = [sys.executable, "-c", SLOW, *busy]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        process = _found(program)
        looks = [process.leaving]

        program.terminate()
        deadline = time.monotonic() + 10
        while not process.leaving and time.monotonic() < deadline:
            time.sleep(0.01)

        looks += [process.leaving, process.alive]
        program.kill()
        program.wait()
        assert [*looks, process.leaving] == [False, True, True, False]


def test_a_stranger_with_a_recycled_number_is_never_touched(
    sleeper: "subprocess.Popen[bytes]",
) -> None:
    predecessor = Process(sleeper.pid, "another boot:1")

    send(predecessor, signal.SIGKILL)
    stop(predecessor, 1)

    assert sleeper.poll() is None


def test_a_process_is_stopped_politely(sleeper: "subprocess.Popen[bytes]") -> None:
    process = _found(sleeper)

    stop(process, 5)

    assert not process.alive


def test_a_process_that_does_not_listen_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        process = _found(program)

        stop(process, 0.3)

        assert not process.alive


def test_processes_are_found_by_their_mark(sleeper: "subprocess.Popen[bytes]") -> None:
    assert marked("MARK", "this one") == [_found(sleeper)]
    assert marked("MARK", "this") == []


def test_memory_counts_children_too() -> None:
    hungry = "import os, time; x = bytearray(50_000_000); print(1, flush=True); time.sleep(60)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hungry!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, start_new_session=True
    ) as program:
        assert program.stdout is not None
        program.stdout.readline()

        assert memory(program.pid) > 50_000_000
        os.killpg(program.pid, signal.SIGKILL)


def test_a_command_line_is_told_word_by_word_and_nobody_has_none(
    sleeper: "subprocess.Popen[bytes]",
) -> None:
    assert words(_found(sleeper)) == tuple(psutil.Process(sleeper.pid).cmdline())
    assert words(Process(2**22 + 1, "never")) == ()


def test_nobody_has_no_memory_and_no_birth() -> None:
    assert (memory(2**22 + 1), birth(2**22 + 1), find(2**22 + 1)) == (0, None, None)
