"""The load generator: sends requests when they are due, whatever became of earlier ones.

It runs in a thread of its own with an event loop of its own. ``enter`` may move that thread
elsewhere first, for instance into the network of a container, where nobody else's traffic is.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

import httpx

from tasks.domain.verification.load.arrivals import arrivals
from tasks.domain.verification.load.latencies import Shot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tasks.domain.verification.load.arrivals import Load

    Fire: TypeAlias = Callable[[], Awaitable[str]]
    Gun: TypeAlias = Callable[[], contextlib.AbstractAsyncContextManager[Fire]]

ANSWER_SECONDS = 10.0
# The loop sleeps to this long before a request is due, and then looks at the clock.
_EARLY_SECONDS = 0.001
_WORST_STATUS = 400
_LOOK_SECONDS = 0.5  # between looks whether it is over


def send(
    load: Load,
    gun: Gun,
    enter: Callable[[], None] = lambda: None,
    over: Callable[[], bool] = lambda: False,
) -> list[Shot]:
    """Send a load and return every shot, in the order in which they were due.

    ``gun`` opens connections and gives what sends one request: it returns an empty text, or
    what went wrong. Nothing is sent any more once it is ``over``.
    """

    def work() -> list[Shot]:
        enter()
        return asyncio.run(_send(arrivals(load), gun, over))

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()


async def _send(moments: list[float], gun: Gun, over: Callable[[], bool]) -> list[Shot]:
    async with gun() as fire:
        began = time.monotonic() + _EARLY_SECONDS
        under_way = []
        for due in moments:
            while (wait := began + due - time.monotonic()) > 0 and not over():  # noqa: ASYNC110  # it is another thread that ends it
                await asyncio.sleep(min(wait, _LOOK_SECONDS))
            if over():
                break
            under_way.append(asyncio.create_task(_shoot(fire, due, began)))
            await asyncio.sleep(0)  # let it go now, not when the next one is due
        return list(await asyncio.gather(*under_way))


async def _shoot(fire: Fire, due: float, began: float) -> Shot:
    sent = time.monotonic() - began
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            fault = await fire()
    except (OSError, httpx.HTTPError, TimeoutError, EOFError) as error:
        fault = type(error).__name__
    return Shot(due, sent, time.monotonic() - began, fault)


def http(url: str, method: str = "GET", body: str = "", status: int = 0) -> Gun:
    """Ask ``url`` with each request; another ``status`` is a fault, or, of 0, an error's."""
    headers = {"Content-Type": "application/json"} if body else {}

    @contextlib.asynccontextmanager
    async def gun() -> AsyncIterator[Fire]:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        async with httpx.AsyncClient(limits=limits, timeout=None, trust_env=False) as client:  # noqa: S113  # the shot has its limit

            async def fire() -> str:
                found = await client.request(method, url, content=body or None, headers=headers)
                code = found.status_code
                right = code == status if status else code < _WORST_STATUS
                return "" if right else f"status {code}"

            yield fire

    return gun


def redis(host: str, port: int) -> Gun:
    """Ask a Redis for an echo over connections that are kept."""
    return _lines(host, port, b"PING\r\n", b"+PONG")


def _lines(host: str, port: int, question: bytes, answer: bytes) -> Gun:
    """Exchange one line a request; a connection serves one request at a time."""

    @contextlib.asynccontextmanager
    async def gun() -> AsyncIterator[Fire]:
        idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

        async def fire() -> str:
            reader, writer = idle.pop() if idle else await asyncio.open_connection(host, port)
            try:
                writer.write(question)
                await writer.drain()
                told = await reader.readuntil(b"\n")
            except BaseException:
                writer.close()
                raise
            idle.append((reader, writer))
            return "" if told.startswith(answer) else "another answer"

        try:
            yield fire
        finally:
            for _, writer in idle:
                writer.close()

    return gun
