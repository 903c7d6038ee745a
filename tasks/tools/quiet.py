"""Quiet: whoever measures on this host has it to himself, and everybody else waits at a boundary.

One file for all programmes of one user on this host, whatever their checkout. The kernel lets go
for whoever is killed. What already works when somebody begins to measure works on, as other users'
programmes do: a step cannot be cut, and measuring records how busy the machine was besides.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOOK_SECONDS = 0.2
_LONGEST_NAME = 100  # bytes
# The second is for hosts without the first. Others may write there: what they put in the place of
# our file is neither followed nor waited for.
_PLACES = (Path("/run/lock"), Path("/tmp"))  # noqa: S108  # as just said


@contextmanager
def held(between: Callable[[], None], who: str = "") -> Iterator[None]:
    """Wait until nobody else measures on this host, then keep everybody out meanwhile.

    ``between`` is called at every look, and may raise to give up. ``who`` is what those who
    wait are told.
    """
    with _opened() as descriptor:
        _lock(descriptor, fcntl.LOCK_EX, between)
        if descriptor is not None:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, who.encode(), 0)
        yield


def holder() -> str | None:
    """Give who has the host to himself, as he called himself; None when nobody measures."""
    with _opened() as descriptor:
        if descriptor is None:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return os.pread(descriptor, _LONGEST_NAME, 0).decode(errors="replace")
        return None  # the name of one who is gone says nothing


def passed(between: Callable[[], None]) -> None:
    """Pass a boundary: wait while somebody else measures on this host."""
    with _opened() as descriptor:
        _lock(descriptor, fcntl.LOCK_SH, between)


@contextmanager
def _opened() -> Iterator[int | None]:
    """Open the user's file; none where no place has room for it or somebody else's is there."""
    owner = os.geteuid()
    place = next((each for each in _PLACES if each.is_dir()), _PLACES[-1]) / f"cmi-quiet-{owner}"
    flags = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(place, flags, 0o600)
    except OSError:
        yield None
        return
    try:
        yield descriptor if os.fstat(descriptor).st_uid == owner else None
    finally:
        os.close(descriptor)


def _lock(descriptor: int | None, how: int, between: Callable[[], None]) -> None:
    while descriptor is not None:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            between()
            time.sleep(_LOOK_SECONDS)
        else:
            return
