"""What a copy costs while nobody asks anything of it: its own work, and its health checks.

A health check is a command that the engine starts in the container: the larger part of what it
costs is spent outside, by daemon, shim and runtime, most of it in processes that live for
milliseconds. So the machine's processors are asked what they did, less what all programs did
that are neither the copy's nor the engine's and were there at both ends. What such a program
starts and ends in between is counted: others must be quiet, and the noise says how quiet.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.tools.live import objects
from tasks.tools.live.usage import busy, usage

if TYPE_CHECKING:
    from collections.abc import Collection

    from tasks.tools.engine import Engine

# By whether the profile is the full one: checks come every five seconds and less often.
IDLE_SECONDS = {False: 4.0, True: 15.0}
_PROCESSES = Path("/proc")
# The first fifteen characters of a program's name are all that the kernel keeps.
_ENGINE = frozenset({"dockerd", "containerd", "containerd-shim", "docker-proxy", "runc", "crun"})
_CONTAINER = re.compile(r"[0-9a-f]{64}")
_TICKS = os.sysconf("SC_CLK_TCK")
# Of a line of /proc/PID/stat, after the name: ticks of user and of system.
_USER, _SYSTEM = 11, 12


@dataclass(frozen=True, slots=True)
class Idle:
    """Cores that were busy for a copy; ``whole`` when the engine's own work is in it.

    ``own`` are the cores that this process took meanwhile.
    """

    cores: float
    whole: bool
    own: float


def idle(engine: Engine, project: str, seconds: float) -> Idle:
    """Leave a copy alone for so long, and say what it cost."""
    local = engine.address.url.startswith("unix:")
    mine = frozenset(each["Id"] for each in objects.containers(engine, project))
    own, began, taken = time.process_time(), time.monotonic(), usage(engine, project).cpu
    worked, others = busy().seconds, foreign(mine)
    time.sleep(seconds)
    again, later = busy().seconds, foreign(mine)
    lasted = time.monotonic() - began
    inside = usage(engine, project).cpu - taken
    beside = sum(max(0.0, later[pid] - others[pid]) for pid in others.keys() & later.keys())
    spent = again - worked - beside if local else inside
    # Ticks are coarse: never less than what the containers themselves say.
    return Idle(max(spent, inside) / lasted, local, (time.process_time() - own) / lasted)


def foreign(mine: Collection[str], processes: Path = _PROCESSES) -> dict[int, float]:
    """Give the processor seconds of each program that is in no container of ``mine``, by id.

    The engine's own programs are left out.
    """
    found = {}
    for each in processes.iterdir():
        if each.name.isdecimal() and (spent := _seconds(each, mine)) is not None:
            found[int(each.name)] = spent
    return found


def _seconds(process: Path, mine: Collection[str]) -> float | None:
    try:
        inside = _CONTAINER.search((process / "cgroup").read_text(encoding="utf-8"))
        if inside and inside[0] in mine:
            return None
        head, _, rest = (process / "stat").read_text(encoding="utf-8").rpartition(")")
    except OSError:
        return None  # it ended
    if head.partition("(")[2] in _ENGINE:
        return None
    fields = rest.split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS
