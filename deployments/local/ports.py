"""A port for the server: its own from last time, the usual one, or the next free one."""

from __future__ import annotations

import socket
import time

from deployments.local.errors import StackError

HOST = "127.0.0.1"
USUAL_PORT = 4200
_TRIES = 100
# A killed server's threads hold its port for a moment after its first thread is gone.
_LINGER_SECONDS = 2.0
_LOOK_SECONDS = 0.05


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
    if former and _becomes_free(former):
        return former
    for port in range(USUAL_PORT, USUAL_PORT + _TRIES):
        if is_free(port):
            return port
    what = f"The ports {USUAL_PORT} to {USUAL_PORT + _TRIES - 1} are all taken."
    raise StackError(what, "Free one of them and start again.")


def _becomes_free(port: int) -> bool:
    deadline = time.monotonic() + _LINGER_SECONDS
    while not (free := is_free(port)) and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    return free
