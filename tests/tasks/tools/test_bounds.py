import os
import signal
import subprocess

from tasks.tools.bounds import BoundedBuffer, Killer, kill_group


def test_a_buffer_holds_up_to_its_limit_and_says_once_when_it_is_passed() -> None:
    calls: list[str] = []
    buffer = BoundedBuffer(4, lambda: calls.append("full"))

    buffer.write(b"1234")
    assert not buffer.full
    buffer.write(b"5")
    buffer.write(b"6")

    assert buffer.full
    assert buffer.getvalue() == b"1234"
    assert calls == ["full"]


def test_a_kill_before_the_number_is_known_is_not_forgotten() -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as program:  # noqa: S607
        killer = Killer()
        killer.time_out()
        killer.adopt(program.pid)

        assert program.wait(5) == -signal.SIGKILL
        assert killer.timed_out


def test_killing_a_group_that_is_gone_is_no_error() -> None:
    with subprocess.Popen(["true"], start_new_session=True) as program:  # noqa: S607
        program.wait(5)

    kill_group(program.pid)
    assert not os.path.exists(f"/proc/{program.pid}")  # noqa: PTH110
