from __future__ import annotations

import socketserver
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import CollectorRegistry, Counter, start_http_server

from tasks.domain.verification.functional import Question
from tasks.tools.live import protocols

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def server(answer: bytes, *, first: bool = False) -> Iterator[int]:
    """Answer whatever is asked with ``answer``; with ``first`` before anything is asked."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if not first:
                self.request.recv(4096)
            self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening.server_address[1]
        listening.shutdown()


# What servers of each kind say first, from their protocols' documents; and what others say.
AMQP_START = b"\x01\x00\x00\x00\x00\x01\xd4\x00\x0a\x00\x0a\x00\x09"
AMQP_REFUSAL = b"AMQP\x00\x00\x09\x01"


@pytest.mark.parametrize(
    ("kind", "answer", "first", "passes"),
    [
        ("redis", b"+OK\r\n$1\r\n1\r\n", False, True),
        ("redis", b"-NOAUTH Authentication required.\r\n", False, True),
        ("redis", b"-LOADING Redis is loading\r\n", False, False),
        ("amqp", AMQP_START, False, True),
        ("amqp", AMQP_REFUSAL, False, False),
        ("mysql", b"\x4a\x00\x00\x00\x0a8.0.36\x00", True, True),
        ("mysql", b"\x17\x00\x00\x01\xff\x10\x04Too many connections", True, False),
        ("nats", b'INFO {"server_id":"x"}\r\n', True, True),
        ("nats", b"-ERR\r\n", True, False),
        ("memcached", b"STORED\r\nVALUE cmi:probe 0 1\r\n1\r\nEND\r\n", False, True),
        ("memcached", b"SERVER_ERROR out of memory storing object\r\n", False, False),
    ],
)
def test_only_what_speaks_the_protocol_passes(
    kind: str, answer: bytes, first: bool, passes: bool
) -> None:
    with server(answer, first=first) as port:
        assert protocols.SPOKEN[kind](Question("q", "s", kind, port, seconds=2.0))[0] is passes


@pytest.mark.parametrize(
    ("status", "body", "question", "passes"),
    [
        (b"200 OK", b"a teapot", {"status": 200, "contains": "teapot"}, True),
        (b"200 OK", b"nothing", {"status": 200, "contains": "teapot"}, False),
        (b"404 Not Found", b"", {}, True),
        (b"404 Not Found", b"", {"status": 200}, False),
        (b"503 Service Unavailable", b"", {}, False),
    ],
)
def test_an_answer_over_http_is_held_against_what_is_asked(
    status: bytes, body: bytes, question: dict[str, Any], passes: bool
) -> None:
    answer = b"HTTP/1.0 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)
    with server(answer) as port:
        assert protocols.http(Question("q", "s", "http", port, **question))[0] is passes


def test_who_refuses_the_connection_fails_the_probe_with_the_reason() -> None:
    with pytest.raises(OSError, match="refused"):
        protocols.redis(Question("q", "s", "redis", 1))


METRICS = b"# TYPE up gauge\nup 1\n"


@pytest.mark.parametrize(
    ("status", "body", "passes", "detail"),
    [
        (b"200 OK", METRICS, True, "1 samples"),
        (b"200 OK", b"<html><body>Metrics!</body></html>", False, "line 1 is no metric"),
        (b"200 OK", b"", False, "no metric in it"),
        (b"404 Not Found", METRICS, False, "status 404"),
        (b"500 Oops", METRICS, False, "status 500"),
        # More than is read: the line that is cut does not count.
        (b"200 OK", b"up 1\n" * 300_000, True, "209715 samples"),
    ],
)
def test_metrics_are_told_from_whatever_else_is_sent(
    status: bytes, body: bytes, passes: bool, detail: str
) -> None:
    answer = b"HTTP/1.0 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)
    with server(answer) as port:
        question = Question("q", "s", "metrics", port, "/metrics")
        assert protocols.SPOKEN["metrics"](question) == (passes, detail)


def test_metrics_of_the_client_library_are_metrics() -> None:
    registry = CollectorRegistry()
    Counter("asked", "How often.", ["of"], registry=registry).labels("a b").inc()
    serving, thread = start_http_server(0, "127.0.0.1", registry)
    try:
        port = serving.server_address[1]
        found = protocols.metrics(Question("q", "s", "metrics", port, "/metrics"))
    finally:
        serving.shutdown()
        serving.server_close()
        thread.join()

    assert found == (True, "2 samples")


@pytest.mark.parametrize("kind", ["http", "metrics"])
@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_who_trickles_is_cut_off_in_time(kind: str, head: bytes) -> None:
    begun = time.monotonic()
    with trickling(head) as port, pytest.raises(TimeoutError, match="no whole answer"):
        protocols.SPOKEN[kind](Question("q", "s", kind, port, seconds=0.5))

    assert 0.4 < time.monotonic() - begun < 2


@contextmanager
def trickling(head: bytes) -> Iterator[int]:
    """Send ``head`` at once, and then one letter after another."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.request.sendall(head)
            with suppress(OSError):
                for _ in range(200):
                    self.request.sendall(b"x")
                    time.sleep(0.05)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening.server_address[1]
        listening.shutdown()
