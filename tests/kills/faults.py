"""What can befall a run: processes that die, a disk that is full, files that are torn, a clock."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kills.site import Site

SERVICES = ("worker", "server", "database")
# Room for what a run over the sample platform stores, and for little more.
_SMALL_DISK = "24m"
_BALLAST = ".ballast"


def family(pid: int) -> list[int]:
    """List a process and all below it."""
    with suppress(psutil.NoSuchProcess):
        return [pid, *(each.pid for each in psutil.Process(pid).children(recursive=True))]
    return [pid]


def end(pids: list[int], number: int) -> None:
    """Send a signal to each; who is gone is gone."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def strike(site: Site, victim: str, run: str, others: list[int], number: int) -> bool:
    """Kill one part of the stack, or all at once; True when there was something to kill."""
    flows = [process.pid for process in site.stack.flow_processes(run)]
    if victim == "flow process":
        pids = flows or others
    elif victim == "everything":
        services = [site.stack.pid(name) for name in SERVICES]
        pids = [pid for top in (*services, *flows, *others) for pid in family(top)]
    else:
        pids = [site.stack.pid(victim)]
    end(pids, number)
    return bool(pids)


@contextmanager
def small_disk(folder: Path) -> Iterator[str]:
    """Put a small file system in the place of ``folder``; say how, or why it cannot be done."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or mount is None or umount is None:
        yield ""
        return
    asked = [mount, "-t", "tmpfs", "-o", f"size={_SMALL_DISK}", "none", str(folder)]
    if subprocess.run(asked, check=False, capture_output=True).returncode:
        yield ""
        return
    try:
        yield f"tmpfs of {_SMALL_DISK}"
    finally:
        subprocess.run([umount, "--lazy", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[str]:
    """Let nobody write below ``folder``, as a disk with errors does; say how, or that we cannot."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or mount is None or umount is None:
        yield ""
        return
    if subprocess.run(
        [mount, "--bind", folder, folder], check=False, capture_output=True
    ).returncode:
        yield ""
        return
    try:
        subprocess.run([mount, "-o", "remount,bind,ro", folder], check=True)
        yield "read-only bind mount"
    finally:
        subprocess.run([umount, "--lazy", folder], check=True)


def fill(folder: Path) -> None:
    """Leave no byte free below ``folder``."""
    descriptor = os.open(folder / _BALLAST, os.O_WRONLY | os.O_CREAT, 0o600)
    for size in (1 << 20, 1 << 12, 1):
        with suppress(OSError):
            while True:
                os.write(descriptor, b"0" * size)
    os.close(descriptor)


def make_room(folder: Path) -> None:
    """Take the ballast away."""
    (folder / _BALLAST).unlink(missing_ok=True)


DAMAGES = ("truncated", "empty", "garbage")


def damage(path: Path, way: str) -> None:
    """Damage a file as a power loss or a bad disk would."""
    data = path.read_bytes()
    path.write_bytes(
        {"truncated": data[: len(data) // 2], "empty": b"", "garbage": os.urandom(len(data))}[way]
    )


class Clock:
    """The wall clock of one process, which we may set: a library is loaded before its own."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._library = folder / "clock.so"
        self.set(0)

    def environment(self) -> dict[str, str] | None:
        """Return what the process must be started with; None without a C compiler."""
        compiler = shutil.which("cc")
        if compiler is None:
            return None
        source = Path(__file__).with_name("clock.c")
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", self._library, source, "-ldl"], check=True
        )
        return {"LD_PRELOAD": str(self._library), "CLOCK_JUMP_FILE": str(self._file)}

    def set(self, seconds: int) -> None:
        """Move the clock; in place, because the process maps the file."""
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(descriptor, struct.pack("=q", seconds), 0)
        os.close(descriptor)


def name_of(number: int) -> str:
    """Name a signal."""
    return signal.Signals(number).name
