"""The process worker: starts a process for each run that the server hands out."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.local.errors import StackError
from deployments.local.server import service_environment
from deployments.local.stack import Service, Stack
from tasks.tools import command, processes

if TYPE_CHECKING:
    from deployments.local.layout import Layout

NAME = "worker"
POOL = "local"
# A busy worker ends at once and its flows with it; what they finished is stored.
STOP_SECONDS = 10.0
# Ten seconds is Prefect's default: too long to look at an empty screen.
_QUERY_SECONDS = "2"


def start(stack: Stack, layout: Layout) -> Service:
    """Start the worker; it makes its pool on the server when that is missing.

    Raises:
        StackError: its process ended at once.
    """
    pid = command.start_service(
        command.Service(
            Path(sys.executable),
            ("-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"),
            service_environment(stack, layout) | {"PREFECT_WORKER_QUERY_SECONDS": _QUERY_SECONDS},
            layout.checkout,
            layout.logs / "worker.log",
        )
    )
    process = processes.find(pid)
    if process is None:
        what = "The worker ended as soon as it was started."
        raise StackError(what, f"Its log is {layout.logs / 'worker.log'}.")
    return Service(NAME, process, f"work pool {POOL}", metadata.version("prefect"))
