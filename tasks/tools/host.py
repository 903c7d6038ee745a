"""This machine: memory, disk, ports, names. What is asked when something does not start."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from dataclasses import dataclass
from pathlib import Path

_KIBIBYTE = 1024
_LISTENING = "0A"  # state of a socket in /proc/net/tcp
# A container's limit is what counts inside it; version 2 and version 1 of control groups.
_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much there is of something, and how much of it is left, in bytes."""

    total: int
    free: int


def memory(meminfo: Path = Path("/proc/meminfo"), limits: tuple[Path, ...] = _LIMITS) -> Amount:
    """Return the memory of this machine, or of this container where that is less."""
    lines = (line.split() for line in meminfo.read_text(encoding="ascii").splitlines())
    values = {line[0]: int(line[1]) * _KIBIBYTE for line in lines if len(line) > 1}
    total, free = values["MemTotal:"], values["MemAvailable:"]
    for path in limits:
        if path.exists() and (text := path.read_text(encoding="ascii").strip()).isdigit():
            total = min(total, int(text))
    return Amount(total, min(free, total))


def disk(path: Path) -> Amount:
    """Return the disk that ``path`` is on, or will be on."""
    while not path.exists():
        path = path.parent
    usage = shutil.disk_usage(path)
    return Amount(usage.total, usage.free)


def size(folder: Path) -> int:
    """Return the bytes that the files under ``folder`` take on the disk."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(place, name).lstat().st_blocks * 512
            except FileNotFoundError:  # a running database removes files while we look
                continue
    return total


def port_holder(port: int) -> str | None:
    """Name the process that listens on a TCP port; '' when its name is not ours to see."""
    inodes = {
        fields[9]
        for table in ("tcp", "tcp6")
        for fields in _sockets(table)
        if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port
    }
    if not inodes:
        return None
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _holds(process, wanted):
            name = (process / "comm").read_text(encoding="utf-8").strip()
            return f"{name} (process {process.name})"
    return ""


def _sockets(table: str) -> list[list[str]]:
    try:
        lines = Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return []
    return [line.split() for line in lines]


def _holds(process: Path, sockets: set[str]) -> bool:
    try:
        return any(str(entry.readlink()) in sockets for entry in (process / "fd").iterdir())
    except OSError:  # gone meanwhile, or another user's
        return False


def resolves(name: str, seconds: float = 3.0) -> bool:
    """True when the name service of this machine knows ``name``, soon enough to be of use."""
    found: list[bool] = []

    def look() -> None:
        try:
            found.append(bool(socket.getaddrinfo(name, 443)))
        except OSError:
            found.append(False)

    thread = threading.Thread(target=look, daemon=True)  # the resolver knows no time limit
    thread.start()
    thread.join(seconds)
    return bool(found and found[0])


def connects(host: str, port: int, seconds: float = 3.0) -> bool:
    """True when somebody accepts a connection there."""
    try:
        with socket.create_connection((host, port), timeout=seconds):
            return True
    except OSError:
        return False
