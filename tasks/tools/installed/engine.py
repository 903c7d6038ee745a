"""Install, start and stop an engine that is ours alone; repeating any of it is harmless."""

from __future__ import annotations

import os
import shutil
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.tools import processes
from tasks.tools.command import (
    SHORT_TIMEOUT,
    Service,
    base_environment,
    require_program,
    run,
    start_service,
)
from tasks.tools.errors import PermanentToolError, TemporaryToolError
from tasks.tools.installed import network, packages
from tasks.tools.installed.network import Network

if TYPE_CHECKING:
    from tasks.tools.processes import Process

FOLDER = Path("/var/lib/cmi/engine")
_OS_RELEASE = Path("/etc/os-release")
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
# Networks of copies: not the addresses that other engines hand out first.
_POOL = "base=172.28.0.0/14,size=24"
_LOG_LINES = 5
_ANSWER_SECONDS = 5.0


class EngineNotStartedError(TemporaryToolError):
    """The engine of our own did not come up."""


class RootNeededError(PermanentToolError):
    """Only root may do that."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The engine of our own in ``folder``."""

    folder: Path = field(default_factory=lambda: FOLDER)

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / "docker.sock"

    @property
    def url(self) -> str:
        """What DOCKER_HOST has to be."""
        return f"unix://{self.socket}"

    @property
    def present(self) -> bool:
        """Tell whether its programs are there, whole."""
        return (self.folder / "root/usr/sbin/dockerd").exists()

    @property
    def network(self) -> Network:
        """Name its network namespace."""
        return Network.of(self.folder)

    def process(self) -> Process | None:
        """Find its daemon: by its own process file, and only if that process is one of ours."""
        with suppress(OSError, ValueError):
            pid = int((self.folder / "docker.pid").read_text(encoding="ascii"))
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if self.url.encode() in words:
                return processes.find(pid)
        return None


def install(installed: Installed) -> None:
    """Fetch and unpack the programs, unless they are there.

    Raises:
        RootNeededError: we are not root.
        NoMirrorError: this is not a Debian that we know.
    """
    _as_root()
    release = packages.codename(_OS_RELEASE.read_text(encoding="utf-8"))
    source = packages.mirror(release)
    packages.install(packages.missing())
    if not installed.present:
        installed.folder.mkdir(parents=True, exist_ok=True)
        installed.folder.chmod(0o700)
        packages.unpack(installed.folder, release, source)


def start(installed: Installed) -> None:
    """Start it in a network namespace of its own, unless it runs.

    Raises:
        RootNeededError: we are not root.
        EngineNotStartedError: it did not answer in time; the log's end is in the message.
    """
    _as_root()
    if installed.process() is not None:
        return
    (installed.folder / "docker.pid").unlink(missing_ok=True)
    network.remove(installed.network)
    network.make(installed.network)
    pid = start_service(_service(installed))
    _await(installed, pid)


def _service(installed: Installed) -> Service:
    folder, root = installed.folder, installed.folder / "root"
    usual = "/usr/sbin:/usr/bin:/sbin:/bin"
    options = {
        "-H": installed.url,
        "--data-root": folder / "data",
        "--exec-root": folder / "exec",
        "--pidfile": folder / "docker.pid",
        "--storage-driver": "overlay2",
        "--default-address-pool": _POOL,
    }
    words = [f"--net={installed.network.path}", str(root / "usr/sbin/dockerd")]
    words += [str(word) for pair in options.items() for word in pair]
    return Service(
        require_program("nsenter"),
        tuple(words),
        base_environment(PATH=f"{root}/usr/sbin:{root}/usr/bin:{usual}"),
        folder,
        folder / "dockerd.log",
    )


def _await(installed: Installed, pid: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and processes.find(pid) is not None:
        if answers(installed.socket):
            return
        time.sleep(0.1)
    log = (installed.folder / "dockerd.log").read_text(encoding="utf-8", errors="replace")
    said = " ".join(log.splitlines()[-_LOG_LINES:])
    stop(installed)
    what = f"The engine did not start: {said}"
    raise EngineNotStartedError(what, "It needs the rights of a real root: no container has them.")


def answers(place: Path) -> bool:
    """Tell whether an engine answers at a socket."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_ANSWER_SECONDS)
        connection.connect(str(place))
        connection.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        return connection.recv(64).startswith(b"HTTP/1.0 200")
    return False


def stop(installed: Installed) -> None:
    """Stop it and take its network away; images stay for the next start."""
    _as_root()
    if found := installed.process():
        processes.stop(found, _STOP_SECONDS)
    _unmount(installed.folder)
    network.remove(installed.network)


def remove(installed: Installed) -> None:
    """Stop it and remove it with everything that it keeps."""
    stop(installed)
    shutil.rmtree(installed.folder, ignore_errors=True)


def _unmount(folder: Path) -> None:
    """Take away mounts that a killed engine left below ``folder``."""
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    below = [line.split()[1] for line in mounts if line.split()[1].startswith(f"{folder}/")]
    for place in reversed(below):
        run("umount", "-l", place, timeout=SHORT_TIMEOUT, check=False)


def _as_root() -> None:
    if os.geteuid() != 0:
        what = "An engine can only be installed, started and stopped by root."
        raise RootNeededError(what, "Type the same with sudo, or set DOCKER_HOST to an engine.")
