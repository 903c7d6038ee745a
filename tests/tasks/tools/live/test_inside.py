from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.tools.live.inside import OutOfReachError, accepts, cut_off, exchange, within

if TYPE_CHECKING:
    from tasks.tools.engine import Engine

NAMESPACE = Path("/proc/thread-self/ns/net")


def test_a_number_that_is_no_process_of_the_container_is_not_entered() -> None:
    with pytest.raises(OutOfReachError, match="not a process of this machine"):
        within(os.getpid(), "0" * 64, lambda: 1)


def test_nobody_listens_on_a_closed_port() -> None:
    assert not accepts(1, seconds=0.2)


def test_a_conversation_ends_in_time_however_slowly_the_other_end_talks_on() -> None:
    ours, theirs = socket.socketpair()
    over = threading.Event()

    def trickle() -> None:
        with suppress(OSError):
            while not over.wait(0.05):
                theirs.sendall(b"x")

    threading.Thread(target=trickle, daemon=True).start()
    begun = time.monotonic()
    got: list[bytes] = []
    with pytest.raises(TimeoutError, match=r"no whole answer within 0\.4 s"), cut_off(ours, 0.4):
        got.extend(iter(lambda: ours.recv(1), b""))
    over.set()

    assert 0.3 < time.monotonic() - begun < 2
    assert len(got) > 2


def test_a_conversation_that_ends_before_is_left_alone() -> None:
    ours, theirs = socket.socketpair()
    with cut_off(ours, 0.2):
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"
    time.sleep(0.3)
    theirs.sendall(b"y")

    assert ours.recv(1) == b"y"


@pytest.mark.engine
def test_a_thread_enters_the_containers_network_and_takes_nobody_along(
    engine: Engine, tiny: str
) -> None:
    here = NAMESPACE.stat().st_ino
    made = engine.client.create_container(tiny, ["httpd", "-f", "-p", "8123", "-h", "/"])["Id"]
    try:
        engine.client.start(made)
        pid = engine.client.inspect_container(made)["State"]["Pid"]

        def work() -> tuple[int, bool, bytes]:
            while not accepts(8123):
                threading.Event().wait(0.02)
            answer = exchange(8123, b"GET /none HTTP/1.0\r\n\r\n")
            return NAMESPACE.stat().st_ino, True, answer

        there, found, answer = within(pid, made, work)

        assert found
        assert answer.startswith(b"HTTP/1.1 404")
        assert there != here
        assert NAMESPACE.stat().st_ino == here
        assert not accepts(8123, seconds=0.2)
        with pytest.raises(ZeroDivisionError):
            within(pid, made, lambda: 1 / 0)
        with pytest.raises(OutOfReachError, match="did not answer"):
            within(pid, made, lambda: threading.Event().wait(3), seconds=0.2)
    finally:
        engine.client.remove_container(made, force=True, v=True)
