"""The embedded PostgreSQL: made once, started, repaired after a power loss, stopped.

It listens on a Unix socket only, in a folder that nobody else can enter; that folder,
not a password, is its lock.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from deployments.local import binaries
from deployments.local.errors import StackError
from deployments.local.layout import SOCKET_NAME
from deployments.local.stack import Service
from tasks.tools import command, processes
from tasks.tools.errors import ToolError

if TYPE_CHECKING:
    from deployments.local.binaries import Binaries
    from deployments.local.layout import Layout
    from tasks.tools.processes import Process

NAME = "database"
OWNER = "postgres"
_MAKE_TIMEOUT = timedelta(minutes=2)
# After a power loss the server replays its log before it answers.
_READY_SECONDS = 120.0
_STOP_SECONDS = 15.0
# Each flow process holds a pool for the ledger; five programmes at once must fit.
_CONNECTIONS = 300


def url(layout: Layout) -> str:
    """Return the address of the server's maintenance database."""
    return f"postgresql://{OWNER}@/postgres?host={quote(str(layout.socket_folder))}"


def start(layout: Layout) -> Service:
    """Make the database if it is new, start it if it does not run, and wait until it answers.

    Raises:
        StackError: it does not come up; the message ends with its log's last lines.
    """
    programs = binaries.locate(layout)
    if not (layout.database / "PG_VERSION").exists():
        _make(layout, programs)
    if closing(layout):
        stop(layout)
    process = running(layout)
    if process is None:
        _clear_remains(layout)
        process = _launch(layout, programs)
    _wait_ready(layout, process)
    return Service(NAME, process, str(layout.socket_folder / SOCKET_NAME), binaries.version())


def stop(layout: Layout) -> None:
    """Stop the server in an orderly way: it writes everything down first."""
    if process := running(layout):
        processes.stop(process, _STOP_SECONDS, signal.SIGINT)  # its "fast shutdown"
    _clear_remains(layout)
    if layout.socket_folder != layout.database:
        shutil.rmtree(layout.socket_folder, ignore_errors=True)


def remove(layout: Layout) -> None:
    """Remove everything that the stopped server kept, and its folders."""
    shutil.rmtree(layout.database_home, ignore_errors=True)
    parent = layout.database_home.parent
    if parent != layout.state:
        with contextlib.suppress(OSError):  # another checkout's database is beside ours
            parent.rmdir()


def running(layout: Layout) -> Process | None:
    """Return the server's process if the one its own file names really is our server."""
    try:
        pid = int((layout.database / "postmaster.pid").read_text(encoding="utf-8").split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    return processes.find(pid) if _works_in(pid, layout.database) else None


def closing(layout: Layout) -> bool:
    """Tell whether the server was asked to end: it takes nobody in, and waits for who is there."""
    try:
        note = (layout.database / "postmaster.pid").read_text(encoding="utf-8")
    except OSError:
        return False
    return note.splitlines()[-1].strip() == "stopping" if note else False


def _works_in(pid: int, folder: Path) -> bool:
    """The server and its children work in their data folder; strangers do not."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def _clear_remains(layout: Layout) -> None:
    """End children of a killed server, and remove its notes about itself.

    Only called when the server is dead. Children end by themselves when they notice; until
    then a new server refuses to start, and rightly so.
    """
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _works_in(int(entry.name), layout.database):
            process = processes.find(int(entry.name))
            if process and "postgres" in _program(process.pid):
                processes.stop(process, 5, signal.SIGQUIT)
    for folder, names in (
        (layout.database, ["postmaster.pid"]),
        (layout.socket_folder, [SOCKET_NAME, f"{SOCKET_NAME}.lock"]),
    ):
        for name in names:
            (folder / name).unlink(missing_ok=True)


def _program(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8")
    return ""


def _make(layout: Layout, programs: Binaries) -> None:
    """Make the database beside its place and move it there: a kill in between leaves no half."""
    unfinished = layout.database_home / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.rmtree(layout.database, ignore_errors=True)
    layout.database_home.mkdir(mode=0o711 if programs.maker_uid else 0o700, exist_ok=True)
    unfinished.mkdir(mode=0o700)
    if programs.maker_uid is not None:
        os.chown(unfinished, programs.maker_uid, programs.maker_uid)
    try:
        command.run(
            str(programs.folder / "initdb"),
            *("-D", str(unfinished), "-U", OWNER, "--auth=trust", "--encoding=UTF8"),
            *("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            timeout=_MAKE_TIMEOUT,
            cwd=Path("/"),
            uid=programs.maker_uid,
        )
    except ToolError as error:
        what = f"The database cannot be made: {error.what}"
        raise StackError(what, "`cmi doctor` looks at disk and memory.") from error
    if programs.server_uid is not None:
        _hand_over(unfinished, programs.server_uid)
    unfinished.rename(layout.database)


def _hand_over(folder: Path, uid: int) -> None:
    for place, _, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in files)):  # noqa: PTH118  # walk gives strings
            os.chown(path, uid, uid)


def _launch(layout: Layout, programs: Binaries) -> Process:
    sockets = layout.socket_folder
    if sockets != layout.database:
        _own_folder(sockets, programs.server_uid)
    quoted = '"' + str(sockets).replace('"', '""') + '"'  # the setting is a list
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": quoted,
        "unix_socket_permissions": "0700",
        "max_connections": str(_CONNECTIONS),
    }
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    service = command.Service(
        programs.folder / "postgres",
        ("-D", str(layout.database), *arguments),
        command.base_environment(),
        Path("/"),
        layout.logs / "database.log",
        programs.server_uid,
    )
    pid = command.start_service(service)
    process = processes.find(pid)
    if process is None:
        raise _failure(layout)
    return process


def _own_folder(folder: Path, uid: int | None) -> None:
    """Make the short folder for the socket, and make sure that it is nobody else's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid not in {os.geteuid(), uid}:
        what = f"{folder} belongs to somebody else."
        raise StackError(what, "Set XDG_RUNTIME_DIR to a folder of your own and start again.")
    folder.chmod(0o700)
    if uid is not None:
        os.chown(folder, uid, uid)


def _wait_ready(layout: Layout, process: Process) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    note = layout.database / "postmaster.pid"
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            lines = note.read_text(encoding="utf-8").splitlines()
            if lines and lines[0] == str(process.pid) and lines[-1].strip() == "ready":
                return
        if not process.alive:
            break
        time.sleep(0.03)
    raise _failure(layout)


def _failure(layout: Layout) -> StackError:
    log = (layout.logs / "database.log").read_text(encoding="utf-8", errors="replace")
    last = "\n".join(log.splitlines()[-5:])
    what = f"The embedded database does not start. It says:\n{last}"
    return StackError(what, "`cmi doctor` looks at disk and memory; then start again.")
