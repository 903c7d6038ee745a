"""Knock at a container's ports from inside its network namespace.

Nothing is installed, nothing published, and the traffic stays on its own loopback.

A namespace is entered by a thread, so each look takes a thread that ends with it.
"""

from __future__ import annotations

import ctypes
import os
import socket
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_NETWORK_NAMESPACE = 0x40000000  # CLONE_NEWNET; os.setns exists only from Python 3.12
LOOPBACK = "127.0.0.1"


class OutOfReachError(PermanentToolError):
    """The container's network cannot be entered from here."""


def within(pid: int, container: str, work: Callable[[], T], seconds: float | None = 10.0) -> T:
    """Do ``work`` in the network namespace of process ``pid`` of ``container``.

    Without ``seconds`` it takes as long as it takes.

    Raises:
        OutOfReachError: the engine is elsewhere, or we are not root.
        Exception: what ``work`` raised.
    """
    found: list[T] = []
    errors: list[BaseException] = []

    def look() -> None:
        try:
            enter(pid, container)
            found.append(work())
        except BaseException as error:  # noqa: BLE001  # raised again by whoever waits
            errors.append(error)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not found:
        what = f"Container {container[:12]} did not answer within {seconds or 0:.0f} seconds."
        raise OutOfReachError(what, "Look at the machine's load.")
    return found[0]


def enter(pid: int, container: str) -> None:
    """Move this thread into the network of a container, for as long as it lives.

    Raises:
        OutOfReachError: the engine is elsewhere, or we are not root.
    """
    remedy = "Run as root on the machine of the engine."
    try:
        # An engine elsewhere has processes with numbers of its own: they are somebody else's here.
        cgroups = Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8")
        if pid <= 0 or container not in cgroups:
            what = f"Container {container[:12]} is not a process of this machine."
            raise OutOfReachError(what, remedy)
        handle = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        what = f"Container {container[:12]} cannot be looked into: {error.strerror}."
        raise OutOfReachError(what, remedy) from error
    try:
        if _libc().setns(handle, _NETWORK_NAMESPACE) != 0:
            said = os.strerror(ctypes.get_errno())
            what = f"Container {container[:12]} cannot be looked into: {said}."
            raise OutOfReachError(what, remedy)
    finally:
        os.close(handle)


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def accepts(port: int, host: str = LOOPBACK, seconds: float = 1.0) -> bool:
    """Tell whether somebody accepts a connection there; for use inside."""
    try:
        with socket.create_connection((host, port), timeout=seconds):
            return True
    except OSError:
        return False


def exchange(port: int, sent: bytes, size: int = 4096, seconds: float = 3.0) -> bytes:
    """Send bytes to a port and read the beginning of the answer; for use inside."""
    with socket.create_connection((LOOPBACK, port), timeout=seconds) as connection:
        if sent:
            connection.sendall(sent)
        return connection.recv(size)


@contextmanager
def cut_off(connection: socket.socket, seconds: float) -> Iterator[None]:
    """End a conversation after ``seconds`` in all, however slowly the other end talks on.

    A socket's own timeout begins again with every byte.

    Raises:
        TimeoutError: the time was over.
    """
    late = threading.Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():
            what = f"no whole answer within {seconds:g} s"
            raise TimeoutError(what)
