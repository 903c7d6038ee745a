"""What a working server says first, by kind; to be asked from inside its network.

Nothing is installed and no client library is needed: the first words of each protocol are
in its documents, and a server that is not ready does not say them.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Mapping  # noqa: TC003  # the type of a constant
from http import client
from typing import TYPE_CHECKING

from tasks.domain.verification import exposition
from tasks.tools.live import grpc_calls
from tasks.tools.live.inside import LOOPBACK, accepts, cut_off, exchange

if TYPE_CHECKING:
    from tasks.domain.verification.functional import Question

_SERVER_ERROR = 500
_MOST_BYTES = 1 << 20
_EXPOSITIONS = "text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.5"
_RESOLVER = ("127.0.0.11", 53)  # of the engine, in every network that a user makes


def tcp(question: Question) -> tuple[bool, str]:
    """Tell whether the port accepts a connection."""
    return accepts(question.port, seconds=question.seconds), ""


def http(question: Question) -> tuple[bool, str]:
    """Send a request and hold the answer against what is asked."""
    headers = {"Content-Type": "application/json"} if question.body else {}
    status, body = _requested(question, headers)
    wanted = question.status
    right = status == wanted if wanted else status < _SERVER_ERROR
    holds = question.contains in body.decode(errors="replace")
    return right and holds, f"status {status}" + ("" if holds else ", text missing")


def metrics(question: Question) -> tuple[bool, str]:
    """Scrape as Prometheus would, and tell metrics from whatever else is sent with status 200."""
    status, body = _requested(question, {"Accept": _EXPOSITIONS})
    if status != client.OK:
        return False, f"status {status}"
    return exposition.judge(body.decode(errors="replace"), whole=len(body) < _MOST_BYTES)


def _requested(question: Question, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Send a request; give status and beginning of the answer, as much as there is room for."""
    connection = client.HTTPConnection(LOOPBACK, question.port, timeout=question.seconds)
    try:
        connection.connect()
        with cut_off(connection.sock, question.seconds):
            body = question.body.encode() or None
            connection.request(question.method, question.path, body, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(_MOST_BYTES)
    finally:
        connection.close()


def redis(question: Question) -> tuple[bool, str]:
    """Write a key and read it."""
    sent = b"SET cmi:probe 1\r\nGET cmi:probe\r\n"
    answer = exchange(question.port, sent, seconds=question.seconds)
    if answer.startswith(b"-NOAUTH"):
        return True, "it asks for its password"
    return answer.startswith(b"+OK"), _first_line(answer)


def amqp(question: Question) -> tuple[bool, str]:
    """Greet the broker; it answers with a frame that begins the connection."""
    answer = exchange(question.port, b"AMQP\x00\x00\x09\x01", seconds=question.seconds)
    return answer[:3] == b"\x01\x00\x00" and answer[7:11] == b"\x00\x0a\x00\x0a", ""


def mysql(question: Question) -> tuple[bool, str]:
    """Read the greeting of its protocol."""
    answer = exchange(question.port, b"", seconds=question.seconds)
    return answer[4:5] == b"\x0a", ""  # version 10 of its protocol


def nats(question: Question) -> tuple[bool, str]:
    """Read what the server says of itself."""
    answer = exchange(question.port, b"", seconds=question.seconds)
    return answer.startswith(b"INFO "), ""


def memcached(question: Question) -> tuple[bool, str]:
    """Write a key, for a minute, and read it."""
    sent = b"set cmi:probe 0 60 1\r\n1\r\nget cmi:probe\r\n"
    answer = exchange(question.port, sent, seconds=question.seconds)
    return answer.startswith(b"STORED\r\n"), _first_line(answer)


def _first_line(answer: bytes) -> str:
    return answer.partition(b"\r")[0][:40].decode(errors="replace")


def edge(question: Question) -> tuple[bool, str]:
    """Resolve the other end's name and connect to it."""
    address = resolve(question.target, question.seconds)
    if not address:
        return False, f"{question.target} does not resolve"
    return accepts(question.port, address, question.seconds), address


def resolve(name: str, seconds: float) -> str:
    """Ask the engine's resolver for a name; for use inside. Nothing when it knows none."""
    words = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    query = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + words + b"\0" + struct.pack(">2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(seconds)
        asking.sendto(query, _RESOLVER)
        answer = asking.recv(512)
    count = struct.unpack(">H", answer[6:8])[0]
    return socket.inet_ntoa(answer[-4:]) if count and len(answer) > len(query) else ""


SPOKEN: Mapping[str, Callable[[Question], tuple[bool, str]]] = {
    "tcp": tcp,
    "http": http,
    "redis": redis,
    "amqp": amqp,
    "mysql": mysql,
    "nats": nats,
    "memcached": memcached,
    "mongo": tcp,
    "edge": edge,
    "grpc": grpc_calls.speaks,
    "grpc-health": grpc_calls.health,
    "metrics": metrics,
}
