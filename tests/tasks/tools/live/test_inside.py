from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.tools.live.inside import OutOfReachError, accepts, exchange, within

if TYPE_CHECKING:
    from tasks.tools.engine import Engine

NAMESPACE = Path("/proc/thread-self/ns/net")


def test_a_number_that_is_no_process_of_the_container_is_not_entered() -> None:
    with pytest.raises(OutOfReachError, match="not a process of this machine"):
        within(os.getpid(), "0" * 64, lambda: 1)


def test_nobody_listens_on_a_closed_port() -> None:
    assert not accepts(1, seconds=0.2)


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
