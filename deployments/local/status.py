"""What runs, what waits, what failed, how much it takes, and what is wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from deployments.local import server
from deployments.local.layout import Layout
from deployments.local.stack import Service, Stack
from tasks.domain.exits import Exit
from tasks.domain.version import VERSION
from tasks.tools import host, processes
from tasks.tools.control_plane import ControlPlane
from tasks.tools.errors import TemporaryToolError

# Newest first; older ones are in the web interface.
_RUNS_SHOWN = 100
# The server needs 250 MiB, the database 100, the worker 100, a flow process 200.
NEEDED_MEMORY = 1 << 30
NEEDED_DISK = 1 << 30
_LOG_LINES = 3
_TOP_LEVEL = {"operator": "and_", "is_null_": True}


@dataclass(frozen=True, slots=True)
class Run:
    """One run at the top level."""

    id: str
    state: str
    pid: int | None
    platform: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The stack at one moment."""

    services: tuple[tuple[Service, bool, int], ...]
    api_url: str | None
    runs: tuple[Run, ...]
    disk_bytes: int
    troubles: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "version": VERSION,
            "services": [
                {
                    "name": service.name,
                    "pid": service.process.pid,
                    "address": service.address,
                    "version": service.version,
                    "healthy": healthy,
                }
                for service, healthy, _ in self.services
            ],
            "api_url": self.api_url,
            "runs": [
                {"id": run.id, "state": run.state, "pid": run.pid, "platform": run.platform}
                for run in self.runs
            ],
            "disk_bytes": self.disk_bytes,
            "troubles": list(self.troubles),
            "exit": {"code": int(Exit.DONE), "reasons": []},
        }


def look(layout: Layout | None = None) -> Status:
    """Look at the stack of this checkout."""
    layout = layout or Layout.find()
    stack = Stack.read(layout)
    disk_bytes = host.size(layout.state)
    if layout.state not in layout.database_home.parents:
        disk_bytes += host.size(layout.database_home)
    if stack is None:
        return Status((), None, (), disk_bytes, ())
    plane = ControlPlane(stack.api_url, stack.auth_string)
    answers = plane.answers()
    services = tuple(
        (service, _healthy(service, answers=answers), processes.memory(service.process.pid))
        for service in stack.services
    )
    runs = _read_runs(plane) if answers else ()
    return Status(services, stack.api_url, runs, disk_bytes, _troubles(stack, services, layout))


def _healthy(service: Service, *, answers: bool) -> bool:
    return service.process.alive and (answers or service.name != server.NAME)


def _read_runs(plane: ControlPlane) -> tuple[Run, ...]:
    """Read what was begun, and what should have begun by now.

    What a schedule has planned for next week neither runs nor waits.
    """
    now = dt.datetime.now(tz=dt.UTC).isoformat()
    questions: tuple[dict[str, Any], ...] = (
        {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": now}},
        {"state": {"type": {"not_any_": ["SCHEDULED"]}}},
    )
    found: list[dict[str, Any]] = []
    for question in questions:
        body = {
            "sort": "EXPECTED_START_TIME_DESC",
            "limit": _RUNS_SHOWN,
            "flow_runs": {"parent_task_run_id": _TOP_LEVEL} | question,
        }
        try:
            found += plane.ask("/flow_runs/filter", body)
        except TemporaryToolError:  # gone since we looked
            return ()
    return tuple(_run(run) for run in found)


def _run(run: dict[str, Any]) -> Run:
    number = (run.get("infrastructure_pid") or "").rpartition(":")[2]
    platform = run["parameters"].get("platform")
    return Run(
        run["id"],
        run["state_name"],
        int(number) if number.isdigit() else None,
        None if platform is None else str(platform),
    )


def _troubles(
    stack: Stack, services: tuple[tuple[Service, bool, int], ...], layout: Layout
) -> tuple[str, ...]:
    """Name the usual reasons for whatever does not work: port, resources, configuration."""
    sick = [service for service, healthy, _ in services if not healthy]
    troubles = [_complaint(service, layout) for service in sick]
    if any(service.name == server.NAME for service in sick):
        holder = host.port_holder(stack.port)
        if holder is not None:
            who = holder or "another user's process"
            troubles.append(f"Port {stack.port} is held by {who}; the next start takes another.")
    if (memory := host.memory().free) < NEEDED_MEMORY:
        troubles.append(f"Only {memory >> 20} MiB of memory are free; the stack needs a gigabyte.")
    if (disk := host.disk(layout.state).free) < NEEDED_DISK:
        troubles.append(f"Only {disk >> 20} MiB of disk are free; remove something.")
    if not host.resolves("localhost"):
        troubles.append("The name `localhost` does not resolve; repair /etc/hosts.")
    return tuple(troubles)


def _complaint(service: Service, layout: Layout) -> str:
    log = layout.logs / f"{service.name}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    said = "\n    ".join([line for line in lines if line.strip()][-_LOG_LINES:])
    state = "runs but does not answer" if service.process.alive else "is not running"
    return (
        f"The {service.name} {state}; ./start-project.sh repairs it. {log} ends with:\n    {said}"
    )
