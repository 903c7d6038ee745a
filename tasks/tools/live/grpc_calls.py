"""Ask a gRPC service for its health: one unary call over HTTP/2 without TLS.

The frames are the library's affair. What is ours is bounds: in bytes, and in time by whoever
opened the connection, so a server that stalls, trickles or floods has one clear outcome.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.exceptions import H2Error

from tasks.tools.live.inside import LOOPBACK, cut_off

if TYPE_CHECKING:
    from h2.events import Event

    from tasks.domain.verification.functional import Question

_CALL = "/grpc.health.v1.Health/Check"
_MOST_BYTES = 1 << 16  # of frames; an answer takes some hundred
_PIECE = 1 << 12
# What speaks HTTP/2 begins with its settings; the library would wait for all of another's page.
_KIND, _SETTINGS = 3, 0x4
_OK = 0
# How a call ended, as gRPC numbers it.
_ENDS = {
    1: "CANCELLED",
    2: "UNKNOWN",
    3: "INVALID_ARGUMENT",
    4: "DEADLINE_EXCEEDED",
    5: "NOT_FOUND",
    6: "ALREADY_EXISTS",
    7: "PERMISSION_DENIED",
    8: "RESOURCE_EXHAUSTED",
    9: "FAILED_PRECONDITION",
    10: "ABORTED",
    11: "OUT_OF_RANGE",
    12: "UNIMPLEMENTED",
    13: "INTERNAL",
    14: "UNAVAILABLE",
    15: "DATA_LOSS",
    16: "UNAUTHENTICATED",
}
# What a server says that works, and keeps no health of the whole, or does not know us.
_SPEAKS = frozenset({"NOT_FOUND", "PERMISSION_DENIED", "UNAUTHENTICATED", "UNIMPLEMENTED"})
_STATES = {0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"}
_SERVING = "SERVING"
_OTHER = "it does not speak HTTP/2 without TLS"
_BROKEN_OFF = "it broke off the call"
_NO_GRPC = "it speaks HTTP/2, but no gRPC"
_CLOSED = "it closed the connection"
_TOO_MUCH = f"its answer is larger than {_MOST_BYTES >> 10} KiB"
_BROKEN = "its message is broken"
_NO_STATE = "its message is no state of health"


class NoAnswerError(ValueError):
    """What came is no answer to the call; the text says what it is."""


def health(question: Question) -> tuple[bool, str]:
    """Tell whether the server says that it serves."""
    said = _said(question)
    return said == _SERVING, said


def speaks(question: Question) -> tuple[bool, str]:
    """Tell whether a gRPC server works there, with or without a health service."""
    said = _said(question)
    return said == _SERVING or said in _SPEAKS, said


def _said(question: Question) -> str:
    """Make the call; give the state of the service's health, or how the call ended."""
    with (
        socket.create_connection((LOOPBACK, question.port), timeout=question.seconds) as opened,
        cut_off(opened, question.seconds),
    ):
        try:
            return _called(opened, question).verdict()
        except H2Error as error:
            raise NoAnswerError(_OTHER) from error


@dataclass(slots=True)
class _Reply:
    """What has come of an answer so far."""

    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    ended: bool = False

    def take(self, event: Event) -> None:
        match event:
            case ResponseReceived() | TrailersReceived():
                told = ((_text(name), _text(value)) for name, value in event.headers or ())
                self.headers.update(told)
            case DataReceived():
                self.body += event.data or b""
            case StreamEnded():
                self.ended = True
            case StreamReset() | ConnectionTerminated():
                if not self.ended:
                    raise NoAnswerError(_BROKEN_OFF)
            case _:  # settings, pings and windows are the library's affair
                pass

    def verdict(self) -> str:
        if self.headers.get(":status") != "200":
            what = f"status {self.headers.get(':status', '')[:3]}, no gRPC"
            raise NoAnswerError(what)
        end = self.headers.get("grpc-status", "")
        if not end.isascii() or not end.isdecimal() or len(end) > len("16"):
            raise NoAnswerError(_NO_GRPC)
        if int(end) != _OK:
            return _ENDS.get(int(end), f"status {int(end)} of gRPC")
        return _state(self.body)


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _called(opened: socket.socket, question: Question) -> _Reply:
    talk = H2Connection(H2Configuration(client_side=True, header_encoding=None))
    talk.initiate_connection()
    stream = talk.get_next_available_stream_id()
    talk.send_headers(stream, _headers(question))
    talk.send_data(stream, _request(question.body), end_stream=True)
    reply, room, begun = _Reply(), _MOST_BYTES, b""
    while not reply.ended:
        opened.sendall(talk.data_to_send())
        piece = opened.recv(_PIECE)
        room -= len(piece)
        if not piece:
            raise NoAnswerError(_CLOSED)
        if room < 0:
            raise NoAnswerError(_TOO_MUCH)
        begun = (begun + piece)[: _KIND + 1]
        if len(begun) > _KIND and begun[_KIND] != _SETTINGS:
            raise NoAnswerError(_OTHER)
        for event in talk.receive_data(piece):
            reply.take(event)
    return reply


def _headers(question: Question) -> list[tuple[str, str]]:
    return [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", _CALL),
        (":authority", f"{LOOPBACK}:{question.port}"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("grpc-timeout", f"{max(1, int(question.seconds * 1000))}m"),
    ]


def _request(service: str) -> bytes:
    """Give the message that asks for a service's health, with its frame; "" is the whole."""
    name = service.encode()
    message = b"\x0a" + _varint(len(name)) + name if name else b""
    return b"\x00" + len(message).to_bytes(4, "big") + message


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:  # noqa: PLR2004  # seven bits a byte
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*made, number))


def _state(body: bytes) -> str:
    """Read the message of an answer: field 1 is the state, and one that is left out is 0."""
    message = body[5:]
    if len(body) < len("\0size") or body[0] or int.from_bytes(body[1:5], "big") != len(message):
        raise NoAnswerError(_BROKEN)
    if not message:
        return _STATES[0]
    if len(message) != len("\x08\x01") or message[0] != 0x08 or message[1] not in _STATES:  # noqa: PLR2004  # field 1, a number
        raise NoAnswerError(_NO_STATE)
    return _STATES[message[1]]
