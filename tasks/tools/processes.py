"""Processes of this machine: who is alive, how much memory, and ending exactly the right one.

A process is known by its number *and* its time of birth. Numbers are given out again;
after a power loss the number in a stale file may belong to a stranger, who is never touched.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")
_KIBIBYTE = 1024
# Where `/proc/PID/stat` keeps things, counted after the name in parentheses.
_STATE, _PARENT, _FLAGS, _STARTED = 0, 1, 6, 19
_EXITING = 0x4  # PF_EXITING of the kernel's sched.h
_KILLED, _ASKED = (1 << (number - 1) for number in (signal.SIGKILL, signal.SIGTERM))


@dataclass(frozen=True, slots=True)
class Process:
    """A process that cannot be mistaken for a later one with its number."""

    pid: int
    birth: str

    @property
    def alive(self) -> bool:
        """True while this very process runs; a zombie does not."""
        return birth(self.pid) == self.birth

    @property
    def doomed(self) -> bool:
        """True when it was killed and is not gone yet: a tenth of a second on a busy machine.

        It looks alive, holds its port and its locks, and will answer nobody.
        """
        status = _status(self.pid)
        exiting = bool(status) and bool(int(status[_FLAGS]) & _EXITING)
        return (exiting or bool(_signals(self.pid)["waiting"] & _KILLED)) and self.alive

    @property
    def leaving(self) -> bool:
        """True when it was asked to end and obeys: it looks alive for a second or more.

        Only of a program that catches SIGTERM while it works: one is on its way to it, or it
        has begun to take itself apart and catches none any more.
        """
        signals = _signals(self.pid)
        asked = signals["waiting"] & _ASKED or not signals["caught"] & _ASKED
        return bool(asked) and self.alive


@lru_cache(maxsize=1)
def _boot() -> str:
    """Name this boot: ticks since boot mean nothing after a reboot."""
    return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _status(pid: int) -> list[str]:
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []
    return text.rpartition(")")[2].split()  # the name may hold spaces and parentheses


def _signals(pid: int) -> dict[str, int]:
    """Return which signals wait for ``pid`` to have time for them, and which ones it catches."""
    found = {"waiting": 0, "caught": 0}
    kinds = {"SigPnd": "waiting", "ShdPnd": "waiting", "SigCgt": "caught"}
    try:
        lines = (_PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return found
    for line in lines.splitlines():
        if kind := kinds.get(line[:6]):
            found[kind] |= int(line.split()[1], 16)
    return found


def birth(pid: int) -> str | None:
    """Return when ``pid`` was born (boot and clock ticks), or None when nobody runs there."""
    status = _status(pid)
    if not status or status[_STATE] in "ZX":
        return None
    return f"{_boot()}:{status[_STARTED]}"


def find(pid: int) -> Process | None:
    """Return the process that has the number ``pid`` now."""
    born = birth(pid)
    return Process(pid, born) if born else None


def _all() -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]


def marked(variable: str, value: str) -> list[Process]:
    """Find every process that was started with ``variable=value`` in its environment.

    Children inherit it, so it finds those too whose parent is long dead.
    """
    mark = f"{variable}={value}".encode()
    found = []
    for pid in _all():
        try:
            environment = (_PROC / str(pid) / "environ").read_bytes()
        except OSError:  # gone meanwhile, or another user's
            continue
        if mark in environment.split(b"\0") and (process := find(pid)):
            found.append(process)
    return found


def words(process: Process) -> tuple[str, ...]:
    """Return the command line of ``process``; nothing when it is gone or another user's."""
    try:
        line = (_PROC / str(process.pid) / "cmdline").read_bytes()
    except OSError:
        return ()
    return tuple(os.fsdecode(word) for word in line.split(b"\0")[:-1])


def memory(pid: int) -> int:
    """Return the bytes of memory that ``pid`` and its descendants hold, shared pages once."""
    children: dict[int, list[int]] = {}
    for other in _all():
        if status := _status(other):
            children.setdefault(int(status[_PARENT]), []).append(other)
    total, waiting = 0, [pid]
    while waiting:
        current = waiting.pop()
        total += _proportional_memory(current)
        waiting += children.get(current, [])
    return total


def _proportional_memory(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * _KIBIBYTE for line in lines if line.startswith("Pss:"))


def wait_gone(process: Process, seconds: float) -> bool:
    """Wait until ``process`` has ended; say whether it has."""
    deadline = time.monotonic() + seconds
    while process.alive:
        if time.monotonic() > deadline:
            return False
        _reap(process.pid)
        time.sleep(0.02)
    _reap(process.pid)
    return True


def _reap(pid: int) -> None:
    """Collect the exit code if it is our own child, so that no zombie stays."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def send(process: Process, number: int) -> None:
    """Send a signal to ``process``, or to nobody if its number is somebody else's by now."""
    try:
        handle = os.pidfd_open(process.pid)
    except OSError:
        return
    try:
        # The handle pins the process: checked after opening, it cannot change any more.
        if process.alive and not select.select([handle], [], [], 0)[0]:
            signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return
    finally:
        os.close(handle)


def stop(process: Process, patience: float, number: int = signal.SIGTERM) -> None:
    """End ``process`` politely, and by force when ``patience`` (seconds) is over."""
    if process.alive:
        send(process, number)
        if not wait_gone(process, patience):
            send(process, signal.SIGKILL)
            wait_gone(process, 10)
    _reap(process.pid)
