"""The generator against servers of our own that are slow on purpose."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from tasks.domain.verification.load.arrivals import Load, Pace, arrivals
from tasks.domain.verification.load.latencies import summarise
from tasks.tools.load import http, redis, send

if TYPE_CHECKING:
    from collections.abc import Iterator

STALL_SECONDS = 1.0
RATE, SECONDS = 200, 4
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Server:
    """Answers at once, but for one stall in which nobody gets an answer."""

    def __init__(self, question: bytes, answer: bytes) -> None:
        self.question, self.answer = question, answer
        self.stall_at = float("inf")  # seconds after the first request
        self.port = 0
        self._first: float | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(self.question):
                if self._first is None:
                    self._first = time.monotonic()
                stall = self._first + self.stall_at
                if stall <= time.monotonic() < stall + STALL_SECONDS:
                    await asyncio.sleep(stall + STALL_SECONDS - time.monotonic())
                writer.write(self.answer)
                await writer.drain()
        except (EOFError, ConnectionError):
            writer.close()


@contextmanager
def serving(server: Server) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(asyncio.start_server(server.serve, "127.0.0.1", 0))
    server.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()


def test_a_stall_is_seen_by_all_who_came_meanwhile_not_by_one() -> None:
    """In one second of four nobody is answered: half of those who come then wait half of it.

    The control waits for each answer before it asks again, as closed loops do, and so meets the
    stall once: it would report that nearly all is well.
    """
    server = Server(b"\r\n\r\n", ANSWER)
    server.stall_at = 1.0
    with serving(server) as url:
        shots = send(Load(RATE, SECONDS, Pace.CONSTANT), http(url))
    waited = sum(shot.latency > STALL_SECONDS / 2 for shot in shots)

    control = Server(b"\r\n\r\n", ANSWER)
    control.stall_at = 1.0
    met = 0
    with serving(control) as url, httpx.Client(trust_env=False) as client:
        began = time.monotonic()
        while (asked := time.monotonic()) - began < SECONDS:
            client.get(url)
            met += time.monotonic() - asked > STALL_SECONDS / 2
            time.sleep(1 / RATE)

    assert len(shots) == RATE * SECONDS
    assert {shot.fault for shot in shots} == {""}
    assert waited >= 0.9 * RATE * STALL_SECONDS / 2
    assert waited > 10 * met >= 10


def test_no_request_goes_before_it_is_due() -> None:
    load = Load(100, 2, seed=5)
    with serving(Server(b"\r\n\r\n", ANSWER)) as url:
        shots = send(load, http(url))

    assert [shot.due for shot in shots] == arrivals(load)
    assert all(shot.due <= shot.sent <= shot.answered for shot in shots)
    assert summarise(shots).errors == 0


def test_a_server_that_is_gone_or_refuses_is_counted_as_errors() -> None:
    refusing = Server(b"\r\n\r\n", ANSWER.replace(b"200 OK", b"503 No"))
    with serving(refusing) as url:
        refused = send(Load(50, 1, Pace.CONSTANT), http(url))
    gone = send(Load(50, 1, Pace.CONSTANT), http(url))

    assert {shot.fault for shot in refused} == {"status 503"}
    assert {shot.fault for shot in gone} == {"ConnectError"}


def test_a_store_is_asked_in_its_own_words() -> None:
    server = Server(b"PING\r\n", b"+PONG\r\n")
    with serving(server):
        shots = send(Load(100, 1, Pace.CONSTANT), redis("127.0.0.1", server.port))

    assert [shot.fault for shot in shots] == [""] * 100


def test_the_thread_that_sends_may_be_moved_first_and_ours_is_not() -> None:
    moved: list[int] = []
    with serving(Server(b"\r\n\r\n", ANSWER)) as url:
        send(Load(20, 0.2), http(url), enter=lambda: moved.append(threading.get_ident()))

    assert moved
    assert moved[0] != threading.get_ident()
