"""Let a copy bear its load with its limits on, and see what became of each container."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docker.errors import NotFound

from tasks.domain.verification.soaks import SECONDS, Box, waited
from tasks.tools.live import objects
from tasks.tools.live.observing import observe
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tasks.domain.verification.sizings import Use
    from tasks.domain.verification.soaks import Soak
    from tasks.tools.live.standing import Standing

_NANO = 1e9
_GROUPS = Path("/sys/fs/cgroup")
# Where version 2 and version 1 of control groups count who was ended for memory.
_COUNTS = {"": "memory.events", "memory": "memory.oom_control"}


@dataclass(frozen=True, slots=True)
class Look:
    """What the engine and the kernel know of one container at one moment."""

    service: str
    running: bool
    began: str
    restarts: int
    killed: int
    memory_limit: int
    cpu_limit: float
    periods: tuple[int, int]  # all, and those in which it had to wait


def soak(
    standing: Standing,
    planned: Soak,
    seconds: float = SECONDS,
    between: Callable[[], None] = lambda: None,
) -> Soak:
    """Send the load for so long, and return ``planned`` with what was seen.

    ``between`` looks somebody may raise an error to end it.
    """
    at_first, began = looks(standing), time.monotonic()
    uses, borne = observe(standing, seconds, between=between)
    lasted = time.monotonic() - began
    return replace(
        planned,
        seconds=round(lasted, 1),
        boxes=boxes(at_first, looks(standing), uses),
        after=tuple(map(waited, borne)),
    )


def looks(standing: Standing) -> dict[str, Look]:
    """Look at each container of a copy, by its id; who is gone meanwhile is not there."""
    found: dict[str, Look] = {}
    client = standing.engine.client
    for each in objects.containers(standing.engine, standing.key):
        try:
            about = client.inspect_container(each["Id"])
            stats = client.stats(each["Id"], stream=False, one_shot=True)
        except NotFound:
            continue
        found[each["Id"]] = _look(each["Labels"].get(SERVICE_LABEL, ""), about, stats)
    return found


def _look(service: str, about: Mapping[str, Any], stats: Mapping[str, Any]) -> Look:
    state, host = about["State"], about["HostConfig"]
    throttled = (stats.get("cpu_stats") or {}).get("throttling_data") or {}
    return Look(
        service,
        bool(state["Running"]) and not state.get("Restarting"),
        str(state["StartedAt"]),
        int(about.get("RestartCount", 0)),
        max(int(bool(state.get("OOMKilled"))), ended_for_memory(int(state["Pid"]))),
        int(host.get("Memory") or 0),
        float(host.get("NanoCpus") or 0) / _NANO,
        (throttled.get("periods", 0), throttled.get("throttled_periods", 0)),
    )


def ended_for_memory(pid: int, process: Path = Path("/proc"), groups: Path = _GROUPS) -> int:
    """Ask the kernel how many processes beside ``pid`` it ended for memory; 0 if it cannot tell.

    An engine tells of the first process of a container; whoever has workers loses one of those.
    """
    try:
        lines = (process / str(pid) / "cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return max((_counted(line, groups) for line in lines if pid > 0), default=0)


def _counted(line: str, groups: Path) -> int:
    _, kinds, way = line.split(":", 2)
    if kinds not in _COUNTS:
        return 0
    try:
        text = (groups / kinds / way.lstrip("/") / _COUNTS[kinds]).read_text(encoding="utf-8")
    except OSError:
        return 0
    told = dict(each.split(" ", 1) for each in text.splitlines() if " " in each)
    return int(told.get("oom_kill", 0))


def boxes(
    before: Mapping[str, Look], after: Mapping[str, Look], uses: tuple[Use, ...]
) -> tuple[Box, ...]:
    """Compare two looks, service by service, of those that ran at the first."""
    peaks = {each.service: max(each.memory, default=0) for each in uses}
    ran = {key: look for key, look in before.items() if look.running}
    names = sorted({look.service for look in ran.values()})
    return tuple(
        _box(
            name,
            [(look, after.get(key)) for key, look in ran.items() if look.service == name],
            peaks.get(name, 0),
        )
        for name in names
    )


def _box(name: str, pairs: list[tuple[Look, Look | None]], peak: int) -> Box:
    first = pairs[0][0]
    there = [(was, now) for was, now in pairs if now is not None]
    periods, waits = (
        sum(max(0, now.periods[n] - was.periods[n]) for was, now in there) for n in (0, 1)
    )
    return Box(
        name,
        first.memory_limit,  # all replicas have one definition
        first.cpu_limit,
        peak,
        killed=sum(now.killed for _, now in there),
        restarted=sum(
            max(now.restarts - was.restarts, was.began != now.began) for was, now in there
        ),
        gone=sum(now is None or not now.running for _, now in pairs),
        slowed=round(waits / periods, 4) if periods else None,
    )
