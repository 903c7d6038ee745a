"""The process worker: starts a process for each run that the server hands out."""

from __future__ import annotations

import secrets
import sys
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.local.errors import StackError
from deployments.local.server import end_strays, service_environment
from deployments.local.stack import Service, Stack
from tasks.tools import command, processes
from tasks.tools.control_plane import ControlPlane
from tasks.tools.errors import PermanentToolError, TemporaryToolError

if TYPE_CHECKING:
    from deployments.local.layout import Layout
    from tasks.tools.processes import Process

NAME = "worker"
POOL = "local"
# A busy worker ends at once and its flows with it; what they finished is stored.
STOP_SECONDS = 10.0
# Ten seconds is Prefect's default: too long to look at an empty screen.
_QUERY_SECONDS = "2"
# It imports Prefect and asks the server: 3 s on an idle core.
_KNOWN_SECONDS = 60.0


def start(stack: Stack, layout: Layout) -> Service:
    """Start the worker and wait until the server knows it; it makes its pool when that is missing.

    Raises:
        StackError: it does not come up; the message ends with its log's last lines.
    """
    end_strays(layout, NAME)
    name = f"{layout.mark}-{secrets.token_hex(4)}"
    pool = ("--pool", POOL, "--type", "process", "--name", name)
    pid = command.start_service(
        command.Service(
            Path(sys.executable),
            ("-m", "prefect", "worker", "start", *pool),
            service_environment(stack, layout) | {"PREFECT_WORKER_QUERY_SECONDS": _QUERY_SECONDS},
            layout.checkout,
            layout.logs / "worker.log",
        )
    )
    process = processes.find(pid)
    if process is None or not _wait_known(stack, process, name):
        log = (layout.logs / "worker.log").read_text(encoding="utf-8", errors="replace")
        what = "The worker does not start. It says:\n" + "\n".join(log.splitlines()[-5:])
        raise StackError(what, f"Its log is {layout.logs / 'worker.log'}; then start again.")
    return Service(NAME, process, f"work pool {POOL}", metadata.version("prefect"))


def _wait_known(stack: Stack, process: Process, name: str) -> bool:
    """Wait for the first heartbeat: a worker may live for seconds and then fail to start."""
    plane = ControlPlane(stack.api_url, stack.auth_string)
    deadline = time.monotonic() + _KNOWN_SECONDS
    while process.alive and time.monotonic() < deadline:
        # The pool is not there before the first worker; the server may be busy.
        with suppress(TemporaryToolError, PermanentToolError):
            known = plane.ask(f"/work_pools/{POOL}/workers/filter", {})
            if any(each["name"] == name for each in known):
                return True
        time.sleep(0.1)
    processes.stop(process, STOP_SECONDS)
    return False
