"""A port for the server: its own from last time, the usual one, or the next free one."""

from __future__ import annotations

import socket

from deployments.local.errors import StackError

HOST = "127.0.0.1"
USUAL_PORT = 4200
_TRIES = 100


def is_free(port: int) -> bool:
    """True when nobody listens on ``port`` of this machine's loopback."""
    with socket.socket() as probe:
        # As servers do: connections of a stopped predecessor that linger are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(former: int | None) -> int:
    """Pick the port; a former one keeps links to runs valid.

    Raises:
        StackError: a hundred ports in a row are taken.
    """
    if former and is_free(former):
        return former
    for port in range(USUAL_PORT, USUAL_PORT + _TRIES):
        if is_free(port):
            return port
    what = f"The ports {USUAL_PORT} to {USUAL_PORT + _TRIES - 1} are all taken."
    raise StackError(what, "Free one of them and start again.")
