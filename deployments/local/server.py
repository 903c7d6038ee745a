"""Prefect's server, closed: a secret, our own origin only, loopback, no request to elsewhere."""

from __future__ import annotations

import sys
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.local import pages
from deployments.local.errors import StackError
from deployments.local.ports import HOST
from deployments.local.stack import Service, Stack
from tasks.tools import command, processes
from tasks.tools.control_plane import ControlPlane
from tasks.tools.postgres import database_url

if TYPE_CHECKING:
    from deployments.local.layout import Layout
    from tasks.tools.processes import Process

NAME = "server"
DATABASE = "prefect"
# Every process that belongs to the stack carries this variable, its children too.
MARK = "CMI_STACK"
# The first start also migrates a new database: 14 s on two idle cores.
_HEALTHY_SECONDS = 180.0
STOP_SECONDS = 10.0
# In memory, its default, they die with the server: a run's slot is then never given back, and
# the next renewal by a living run is refused, which ends that run.
_LEASE_LOCK = "concurrency_leases/expirations.lock"
_LEASES_ON_DISK = "prefect.server.concurrency.lease_storage.filesystem"


def service_environment(stack: Stack, layout: Layout) -> dict[str, str]:
    """Return the environment of the stack's own processes."""
    return (
        command.base_environment()
        | stack.environment(layout)
        | {MARK: layout.mark, "PYTHONPATH": str(layout.checkout), "PYTHONUNBUFFERED": "1"}
        | {"TMPDIR": str(layout.temporary)}
    )


def settings(stack: Stack, layout: Layout, database: str) -> dict[str, str]:
    """Return what closes the server, and where its database and its pages are."""
    return {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database_url(database, DATABASE, "asyncpg"),
        "PREFECT_SERVER_API_AUTH_STRING": stack.auth_string,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": stack.ui_url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_API_URL": stack.api_url,
        # The newer one draws each cell twice (docs/decisions.md).
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(layout.pages),
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": _LEASES_ON_DISK,
        "DO_NOT_TRACK": "1",
    }


def end_strays(layout: Layout, name: str) -> None:
    """End services of this ``name`` that nobody wrote down: their starter was killed meanwhile.

    A stray server holds the port, answers to our secret, and would be taken for the new one.
    """
    for process in processes.marked(MARK, layout.mark):
        if processes.words(process)[1:5] == ("-m", "prefect", name, "start"):
            processes.stop(process, STOP_SECONDS)


def start(stack: Stack, layout: Layout, database: str) -> Service:
    """Start the server and wait until it answers to our secret.

    Raises:
        StackError: it does not come up; the message ends with its log's last lines.
    """
    # A killed server's lock on its leases names a process; after a reboot that may be a stranger.
    (layout.prefect_home / _LEASE_LOCK).unlink(missing_ok=True)
    port = str(stack.port)
    pid = command.start_service(
        command.Service(
            Path(sys.executable),
            ("-m", "prefect", "server", "start", "--host", HOST, "--port", port),
            service_environment(stack, layout) | settings(stack, layout, database),
            layout.checkout,
            layout.logs / "server.log",
        )
    )
    process = processes.find(pid)
    if process is None or not _wait_healthy(stack, process):
        raise _failure(layout)
    _close_pages(layout, process)
    return Service(NAME, process, stack.api_url, metadata.version("prefect"))


def _close_pages(layout: Layout, process: Process) -> None:
    try:
        pages.close(layout.pages)
    except (LookupError, OSError) as error:
        processes.stop(process, STOP_SECONDS)  # open pages are worse than none
        what = f"The pages of Prefect's server could not be closed to other hosts. {error}"
        remedy = "`./start-project.sh cleanup`, remove the folder it names, then start again."
        raise StackError(what, remedy) from error


def _wait_healthy(stack: Stack, process: Process) -> bool:
    plane = ControlPlane(stack.api_url, stack.auth_string)
    deadline = time.monotonic() + _HEALTHY_SECONDS
    while process.alive and time.monotonic() < deadline:
        if plane.answers(timeout=5):
            return True
        time.sleep(0.1)
    processes.stop(process, STOP_SECONDS)
    return False


def _failure(layout: Layout) -> StackError:
    log = (layout.logs / "server.log").read_text(encoding="utf-8", errors="replace")
    last = "\n".join(log.splitlines()[-5:])
    what = f"Prefect's server does not start. It says:\n{last}"
    return StackError(what, "`cmi doctor` looks at ports, disk and memory; then start again.")
