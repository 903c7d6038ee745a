"""Bounds of a running program: how much it may write, and how it is ended with all it started."""

import ctypes
import io
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_SYSTEM = ctypes.CDLL(None) if sys.platform == "linux" else None


def kill_group(pid: int, number: int = signal.SIGKILL) -> None:
    """Send a signal to the session that ``pid`` leads; nobody being there is fine."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def die_with(parent: int) -> None:
    """Let the kernel end this process when ``parent``, which just forked it, is killed.

    What a killed run had started would go on beside the run that takes its place. The kernel
    looks at the thread that forked, so that one has to wait for the program.
    """
    if _SYSTEM is not None:
        _SYSTEM.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it was killed before we asked
            os.kill(os.getpid(), signal.SIGKILL)


class BoundedBuffer(io.BytesIO):
    """Collect output up to ``limit`` bytes; call ``overflowed`` once when more arrives."""

    def __init__(self, limit: int, overflowed: Callable[[], None]) -> None:
        super().__init__()
        self.full = False
        self._limit = limit
        self._overflowed = overflowed

    def write(self, chunk: Any, /) -> int:
        """Take ``chunk``, or drop it when the limit is passed."""
        if self.full:
            return len(chunk)
        if self.tell() + len(chunk) > self._limit:
            self.full = True
            self._overflowed()
            return len(chunk)
        return super().write(chunk)


class Killer:
    """Kill a program's whole group, from whichever thread notices first."""

    def __init__(self) -> None:
        self.pid = 0
        self.timed_out = False
        self._wanted = False

    def adopt(self, pid: int) -> None:
        """Learn whom to kill; kill at once if somebody asked before the program had a number."""
        self.pid = pid
        if self._wanted:
            self.kill()

    def time_out(self) -> None:
        """Kill because the time is up."""
        self.timed_out = True
        self.kill()

    def kill(self) -> None:
        """Kill the program and its children, now or as soon as its number is known."""
        self._wanted = True
        if self.pid:
            kill_group(self.pid)


class Bounds:
    """What one running program may write, and who ends it when it writes more."""

    def __init__(self, max_output: int) -> None:
        self.max_output = max_output
        self.killer = Killer()
        self.stdout = BoundedBuffer(max_output, self.killer.kill)
        self.stderr = BoundedBuffer(max_output, self.killer.kill)
