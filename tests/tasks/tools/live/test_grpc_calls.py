"""Health over gRPC, held against gRPC's own server, and against whatever else may listen."""

from __future__ import annotations

import socketserver
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import HealthServicer
from grpc_health.v1.health_pb2_grpc import HealthServicer as AnyServicer
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from tasks.domain.sentences import known
from tasks.domain.verification.functional import Question
from tasks.tools.live import grpc_calls
from tests.tasks.tools.live.test_protocols import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

State = health_pb2.HealthCheckResponse


@contextmanager
def serving(servicer: AnyServicer | None) -> Iterator[int]:
    """Run gRPC's own server, with or without a health service."""
    running = grpc.server(ThreadPoolExecutor(2))
    if servicer is not None:
        add_HealthServicer_to_server(servicer, running)
    port = running.add_insecure_port("127.0.0.1:0")
    running.start()
    try:
        yield port
    finally:
        running.stop(None).wait()


class Saying(AnyServicer):
    """Answer with whatever is wanted, or end the call so."""

    def __init__(self, said: Any, details: str = "") -> None:
        self.said, self.details = said, details

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802  # its name in the protocol
        if isinstance(self.said, grpc.StatusCode):
            context.abort(self.said, self.details)
        return State(status=self.said)


def question(port: int, asks: str = "", seconds: float = 5.0) -> Question:
    return Question("q", "s", "grpc-health", port, body=asks, seconds=seconds)


def test_each_service_of_a_server_has_its_own_health() -> None:
    servicer = HealthServicer()
    long = "shop.Orders" + "X" * 300
    servicer.set("", State.SERVING)
    servicer.set("shop.Carts", State.NOT_SERVING)
    servicer.set(long, State.SERVING)
    with serving(servicer) as port:
        assert grpc_calls.health(question(port)) == (True, "SERVING")
        assert grpc_calls.health(question(port, "shop.Carts")) == (False, "NOT_SERVING")
        assert grpc_calls.health(question(port, long)) == (True, "SERVING")
        assert grpc_calls.health(question(port, "shop.Users")) == (False, "NOT_FOUND")
        servicer.enter_graceful_shutdown()
        assert grpc_calls.health(question(port)) == (False, "NOT_SERVING")


@pytest.mark.parametrize(
    ("said", "verdict", "works"),
    [
        (State.UNKNOWN, "UNKNOWN", False),
        (State.SERVICE_UNKNOWN, "SERVICE_UNKNOWN", False),
        (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", True),
        (grpc.StatusCode.UNAVAILABLE, "UNAVAILABLE", False),
        (grpc.StatusCode.INTERNAL, "INTERNAL", False),
    ],
)
def test_what_is_not_serving_has_its_own_word(said: Any, verdict: str, works: bool) -> None:
    with serving(Saying(said)) as port:
        assert grpc_calls.health(question(port)) == (False, verdict)
        assert grpc_calls.speaks(question(port)) == (works, verdict)


def test_a_server_without_a_health_service_speaks_grpc_and_tells_no_health() -> None:
    with serving(None) as port:
        assert grpc_calls.health(question(port)) == (False, "UNIMPLEMENTED")
        assert grpc_calls.speaks(question(port)) == (True, "UNIMPLEMENTED")


def test_a_long_complaint_is_no_obstacle() -> None:
    with serving(Saying(grpc.StatusCode.INTERNAL, "x" * 5000)) as port:
        assert grpc_calls.health(question(port)) == (False, "INTERNAL")


def test_nobody_there_is_an_error_of_the_connection() -> None:
    with pytest.raises(OSError, match="refused"):
        grpc_calls.health(question(1))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000,
        b"+OK\r\n",
        b"\x00" * 4096,
        b"\x15\x03\x01\x00\x02\x02\x46",  # TLS refuses what is not TLS
        b"",
    ],
    ids=["http 1", "page", "redis", "zeros", "tls", "hangs up"],
)
def test_what_is_not_http2_is_told_so(answer: bytes) -> None:
    with (
        server(answer) as port,
        pytest.raises(
            (grpc_calls.NoAnswerError, ConnectionError), match=r"HTTP/2|closed|reset"
        ) as said,
    ):
        grpc_calls.health(question(port))
    assert isinstance(said.value, ConnectionError) or known(str(said.value))


@contextmanager
def behaving(act: Callable[[H2Connection, int], None], piece: int = 1 << 20) -> Iterator[int]:
    """Speak HTTP/2 by the library, and answer the call as ``act`` does, ``piece`` by piece."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            talk = H2Connection(H2Configuration(client_side=False))
            talk.initiate_connection()
            self.send(talk)
            while received := self.request.recv(65536):
                for event in talk.receive_data(received):
                    if isinstance(event, RequestReceived):
                        act(talk, event.stream_id)
                self.send(talk)

        def send(self, talk: H2Connection) -> None:
            data = talk.data_to_send()
            for at in range(0, len(data), piece):
                self.request.sendall(data[at : at + piece])
                time.sleep(0.05 if piece == 1 else 0)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, address: Any) -> None:
            """A client that hangs up is no error here."""

    with Server(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening.server_address[1]
        listening.shutdown()


def answered(body: bytes, end: str | None = "0", status: str = "200") -> Any:
    def act(talk: H2Connection, stream: int) -> None:
        talk.send_headers(stream, [(":status", status), ("content-type", "application/grpc")])
        for at in range(0, len(body), FRAME):
            talk.send_data(stream, body[at : at + FRAME])
        if end is None:
            talk.end_stream(stream)
        if end is not None:
            talk.send_headers(stream, [("grpc-status", end)], end_stream=True)

    return act


def reset(talk: H2Connection, stream: int) -> None:
    talk.reset_stream(stream, 2)


def leave(talk: H2Connection, stream: int) -> None:
    talk.close_connection(1)


def stall(talk: H2Connection, stream: int) -> None:
    """Say nothing."""


def flood(talk: H2Connection, stream: int) -> None:
    talk.send_headers(stream, [(":status", "200")])
    for _ in range(6000):
        talk.ping(b"12345678")


FRAME = 16_000
SERVING = b"\x00\x00\x00\x00\x02\x08\x01"


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (answered(b"", status="404"), "status 404, no gRPC"),
        (answered(b"<html>", end=None), "it speaks HTTP/2, but no gRPC"),
        (answered(SERVING, end="nought"), "it speaks HTTP/2, but no gRPC"),
        (answered(SERVING, end="9" * 50), "it speaks HTTP/2, but no gRPC"),
        (answered(b""), "its message is broken"),
        (answered(SERVING[:-1]), "its message is broken"),
        (answered(b"\x01" + SERVING[1:]), "its message is broken"),
        (answered(b"\x00\x00\x00\x00\x02\x12\x01"), "its message is no state of health"),
        (answered(b"\x00\x00\x00\x00\x02\x08\x09"), "its message is no state of health"),
        (reset, "it broke off the call"),
        (leave, "it broke off the call"),
        (answered(b"\x00\x00\x01\x00\x00" + b"x" * 60_000), "its message is broken"),
        (flood, "its answer is larger than 64 KiB"),
    ],
    ids=[
        "page",
        "html",
        "word",
        "number",
        "nothing",
        "short",
        "packed",
        "field",
        "state",
        "reset",
        "gone",
        "large",
        "flood",
    ],
)
def test_whatever_else_comes_has_one_reason(
    act: Callable[[H2Connection, int], None], reason: str
) -> None:
    with behaving(act) as port, pytest.raises(grpc_calls.NoAnswerError) as said:
        grpc_calls.health(question(port))

    assert str(said.value) == reason
    assert known(reason)


def test_an_answer_in_small_pieces_is_an_answer() -> None:
    with behaving(answered(SERVING), piece=7) as port:
        assert grpc_calls.health(question(port)) == (True, "SERVING")


@pytest.mark.parametrize(("act", "piece"), [(stall, 1 << 20), (answered(SERVING), 1)])
def test_who_stalls_or_trickles_is_cut_off_in_time(
    act: Callable[[H2Connection, int], None], piece: int
) -> None:
    begun = time.monotonic()
    with (
        behaving(act, piece) as port,
        pytest.raises(TimeoutError, match=r"no whole answer within 0\.5 s"),
    ):
        grpc_calls.health(question(port, seconds=0.5))

    assert 0.4 < time.monotonic() - begun < 2
