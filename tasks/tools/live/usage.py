"""What a copy takes of the machine, and how busy the machine is besides."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.tools.live import objects
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.tools.engine import Engine

_NANO = 1e9
# Columns of the first line of /proc/stat: time of user, nice, system, irq, softirq, steal.
_BUSY = (0, 1, 2, 5, 6, 7)
_STAT = Path("/proc/stat")


@dataclass(frozen=True, slots=True)
class Usage:
    """Of several containers together."""

    memory: float  # bytes, without what the kernel would give back at once
    cpu: float  # seconds since they began
    replicas: int = 1


@dataclass(frozen=True, slots=True)
class Busy:
    """The machine at one moment: load of a minute, and seconds that its processors worked.

    ``own`` are seconds of this process, ``programs`` those of programs that it waited for.
    """

    load: float
    seconds: float
    own: float = 0.0
    programs: float = 0.0


def usage(engine: Engine, project: str) -> Usage:
    """Ask the engine what the running containers of a copy take."""
    found = [
        engine.client.stats(each["Id"], stream=False, one_shot=True)
        for each in objects.containers(engine, project)
        if each.get("State") == "running"
    ]
    return Usage(sum(map(_memory, found)), sum(map(_cpu, found)))


def by_service(engine: Engine, project: str) -> dict[str, Usage]:
    """Ask the same for each service: of its replicas the most memory, and all seconds."""
    found: dict[str, Usage] = {}
    for each in objects.containers(engine, project):
        if each.get("State") != "running":
            continue
        stats = engine.client.stats(each["Id"], stream=False, one_shot=True)
        name = each["Labels"].get(SERVICE_LABEL, "")
        other = found.get(name, Usage(0.0, 0.0, 0))
        memory = max(other.memory, _memory(stats))
        found[name] = Usage(memory, other.cpu + _cpu(stats), other.replicas + 1)
    return found


def _memory(stats: Mapping[str, Any]) -> float:
    about = stats.get("memory_stats") or {}
    details = about.get("stats") or {}
    # The name differs between version 1 and 2 of control groups.
    spare = details.get("total_inactive_file", details.get("inactive_file", 0))
    return float(max(0, about.get("usage", 0) - spare))


def _cpu(stats: Mapping[str, Any]) -> float:
    used = (stats.get("cpu_stats") or {}).get("cpu_usage") or {}
    return float(used.get("total_usage", 0)) / _NANO


def busy(stat: Path = _STAT) -> Busy:
    """Look at this machine."""
    columns = stat.read_text(encoding="ascii").partition("\n")[0].split()[1:]
    ticks = sum(int(columns[each]) for each in _BUSY if each < len(columns))
    times = os.times()
    return Busy(
        os.getloadavg()[0],
        ticks / os.sysconf("SC_CLK_TCK"),
        times.user + times.system,
        times.children_user + times.children_system,
    )
