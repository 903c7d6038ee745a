import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from tasks.tools.command import (
    STARTED,
    Service,
    base_environment,
    find_program,
    run,
    run_attached,
    start_service,
)
from tasks.tools.errors import (
    OutputTooLargeError,
    ProgramFailedError,
    ProgramMissingError,
    ProgramTimeoutError,
)

SOON = timedelta(seconds=20)
PYTHON = sys.executable
CHECKOUT = Path(__file__).resolve().parents[3]


def test_output_error_text_and_exit_code_come_back() -> None:
    program = "import sys; sys.stdout.buffer.write(b'\\xff\\n'); print('no', file=sys.stderr)"

    done = run(PYTHON, "-c", program, timeout=SOON)

    assert (done.stdout, done.stderr, done.exit_code) == (b"\xff\n", "no\n", 0)


def test_what_is_given_on_standard_input_arrives_unchanged() -> None:
    every_byte = bytes(range(256)) * 5000

    assert run("cat", timeout=SOON, stdin=every_byte).stdout == every_byte


def test_without_input_a_reading_program_sees_the_end_at_once() -> None:
    assert run("cat", timeout=SOON).stdout == b""


def test_arguments_are_never_read_by_a_shell() -> None:
    assert run("printf", "%s", "$(id); `id` *", timeout=SOON).stdout == b"$(id); `id` *"


def test_a_program_runs_where_it_is_told(tmp_path: Path) -> None:
    assert run("pwd", timeout=SOON, cwd=tmp_path).stdout.decode().strip() == str(tmp_path)


def test_a_failure_names_the_program_the_code_and_its_complaint() -> None:
    with pytest.raises(ProgramFailedError, match="no-such-file") as caught:
        run("cat", "no-such-file", timeout=SOON)

    assert caught.value.exit_code == 1
    assert "`cat no-such-file` ended with 1" in str(caught.value)


def test_a_failure_can_be_an_answer() -> None:
    assert run("false", timeout=SOON, check=False).exit_code == 1


def test_a_program_ended_by_a_signal_has_its_negative_number_as_code() -> None:
    done = run("sh", "-c", "kill -TERM $$", timeout=SOON, check=False)

    assert done.exit_code == -signal.SIGTERM


def test_a_missing_program_is_named_with_the_way_to_get_it() -> None:
    with pytest.raises(ProgramMissingError, match=r"no-such-program.*cmi doctor"):
        run("no-such-program", timeout=SOON)


def _alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def _gone_soon(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _alive(pid)


def _runs_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(folder)
    except psutil.Error:
        return False


def test_when_the_time_is_up_children_die_with_the_program(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    began = time.monotonic()

    with pytest.raises(ProgramTimeoutError, match=r"was stopped after 0:00:00\.5"):
        run("sh", "-c", f"sleep 60 & echo $! > {note}; wait", timeout=timedelta(seconds=0.5))

    assert time.monotonic() - began < 5
    assert _gone_soon(int(note.read_text()))


def test_who_ignores_a_polite_end_and_has_forked_is_gone_with_all_its_children(
    tmp_path: Path,
) -> None:
    """Docker Compose ignores SIGTERM while it is busy: nothing but SIGKILL to all ends it."""
    stubborn = "trap '' TERM INT HUP; echo $$ >> pids"
    child = f"sh -c '{stubborn.replace(chr(39), chr(34))}; while :; do sleep 60; done' &"
    program = f"{stubborn}; {child} {child} {child} while :; do sleep 60; done"

    with pytest.raises(ProgramTimeoutError):
        run("sh", "-c", program, timeout=timedelta(seconds=2), cwd=tmp_path)

    started = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(started) == 4
    assert all(_gone_soon(pid) for pid in started)
    ours = [each for each in psutil.process_iter() if _runs_in(each, tmp_path)]
    assert ours == []  # not even the sleep that each of them waits for


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels do not offer it")
def test_when_we_are_killed_the_program_that_we_wait_for_dies_with_us(tmp_path: Path) -> None:
    # It would go on beside whoever takes our place, and change what that one has made.
    waiting = (
        "from datetime import timedelta; from tasks.tools.command import run;"
        f"run('sh', '-c', 'echo $$ > {tmp_path}/pid; exec sleep 600', timeout=timedelta(hours=1))"
    )
    with subprocess.Popen([sys.executable, "-c", waiting], cwd=CHECKOUT) as we:
        deadline = time.monotonic() + 60
        while not _said(tmp_path / "pid") and time.monotonic() < deadline:
            time.sleep(0.02)
        program = psutil.Process(int((tmp_path / "pid").read_text()))
        we.kill()
        we.wait(10)

    gone, alive = psutil.wait_procs([program], timeout=10)
    assert (len(gone), alive) == (1, [])


def _said(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""


def test_a_program_that_ends_leaves_no_child_behind() -> None:
    done = run("sh", "-c", "sleep 60 & echo $!", timeout=SOON)

    assert _gone_soon(int(done.stdout))


def test_a_program_that_never_stops_writing_is_stopped_early() -> None:
    began = time.monotonic()

    with pytest.raises(OutputTooLargeError, match="more than 100000 bytes"):
        run("yes", timeout=SOON, max_output=100_000)

    assert time.monotonic() - began < 10


def test_a_program_cannot_take_more_memory_than_allowed() -> None:
    hungry = "x = bytearray(2_000_000_000)"

    done = run(PYTHON, "-c", hungry, timeout=SOON, max_memory=1_000_000_000, check=False)

    assert done.exit_code != 0
    assert "MemoryError" in done.stderr


def test_programs_do_not_see_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "user:hush")

    seen = run("env", timeout=SOON).stdout.decode()

    assert "hush" not in seen
    assert f"PATH={os.environ['PATH']}" in seen


def test_a_given_environment_is_the_whole_environment() -> None:
    assert run("env", timeout=SOON, env={"ONLY": "this"}).stdout == b"ONLY=this\n"
    assert base_environment(ONLY="this")["ONLY"] == "this"


def _script(folder: Path, name: str) -> Path:
    folder.mkdir()
    path = folder / name
    path.write_text("#!/bin/sh\necho hello\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_users_own_program_comes_before_the_one_from_a_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, ours = _script(tmp_path / "own", "tool"), _script(tmp_path / "venv", "tool")
    monkeypatch.setattr(sys, "executable", str(ours.parent / "python"))
    monkeypatch.setenv("PATH", str(own.parent))
    assert find_program("tool") == own

    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_program("tool") == ours


def test_an_attached_program_gives_its_exit_code() -> None:
    assert run_attached("sh", "-c", "exit 7", env=base_environment()) == 7


def test_a_service_leads_its_own_session_logs_and_can_be_interrupted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    waits = "import time; print('up', flush=True); time.sleep(60)"
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as under a shell's `&`
    try:
        pid = start_service(Service(Path(PYTHON), ("-c", waits), base_environment(), tmp_path, log))
    finally:
        signal.signal(signal.SIGINT, previous)
    try:
        deadline = time.monotonic() + 10
        while "up" not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.02)

        assert os.getsid(pid) == pid
        assert log.read_text().splitlines() == [STARTED, "up"]
        os.kill(pid, signal.SIGINT)
        assert os.waitpid(pid, 0)[0] == pid
        assert "KeyboardInterrupt" in log.read_text()
    finally:
        if _alive(pid):
            os.kill(pid, signal.SIGKILL)
