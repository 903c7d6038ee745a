"""One of us at a time: a lock that the kernel releases when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING

from deployments.local.errors import StackError
from deployments.local.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def locked(path: Path, patience: float = 600.0) -> Iterator[None]:
    """Hold the lock at ``path``; wait for another holder and say so.

    Raises:
        StackError: the other holder did not finish within ``patience`` seconds.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = _acquire(path, time.monotonic() + patience)
    try:
        yield
    finally:
        os.close(descriptor)


def held(path: Path) -> bool:
    """Tell whether somebody holds the lock at ``path``; who asks at the same time is not meant."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _acquire(path: Path, deadline: float) -> int:
    told = False
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if _try(descriptor) and _still_there(descriptor, path):
            return descriptor
        os.close(descriptor)
        if time.monotonic() > deadline:
            what = "Another command holds this stack for too long."
            raise StackError(what, "`ps` shows it; end it, try again.")
        if not told:
            say("Another command starts or stops this stack; waiting for it.")
            told = True
        time.sleep(0.1)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _try(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _still_there(descriptor: int, path: Path) -> bool:
    """A cleanup may have removed the file while we waited: then we locked nothing."""
    try:
        return os.fstat(descriptor).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False
