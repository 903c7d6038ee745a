"""One start of a copy as a sample: how long until it worked, what it took, what was seen."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.domain.canonical import digest, plain
from tasks.domain.verification.experiments.judgement import Sample
from tasks.domain.verification.experiments.plans import (
    CPU,
    GREEN,
    HEALTHY,
    IDLE,
    MEMORY,
    STOP,
    WARM,
)
from tasks.tools.live.again import restart, warm
from tasks.tools.live.conditions import conditions
from tasks.tools.live.idling import IDLE_SECONDS, Idle, idle
from tasks.tools.live.turning import state
from tasks.tools.live.usage import busy, usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.verification.experiments.plans import Arm
    from tasks.tools.live.stack import Up
    from tasks.tools.live.standing import Standing
    from tasks.tools.live.usage import Busy


# A start that did not come to its end stands no better than one that takes all there is.
_WORST = Idle(float(os.cpu_count() or 1), whole=False, own=0.0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which experiment a sample stands."""

    plan: str
    position: int
    arm: Arm
    stopped: bool = False  # whether it is also measured how long it takes to stop
    full: bool = False  # a longer look while idle; after a stop, warm start and restarts


def sample(standing: Standing, place: Place, before: Busy, at: float) -> Sample:
    """Turn a copy that was just brought up into a sample.

    A start that did not come to its end counts with all the time that it was given: it is
    no better than one that needed as long.
    """
    up = standing.up
    if up is None:
        msg = "the copy was not brought up"
        raise LookupError(msg)
    answers = standing.answers()
    red = [each.question.name for each in answers if not each.passed]
    took = usage(standing.engine, standing.key)
    host = _host(before, took.cpu)
    whole = up.green is not None and not up.failed and not red
    measures = {**_times(up, standing.limit.total_seconds(), whole=whole)}
    measures |= {MEMORY: max(took.memory, 1.0), CPU: max(took.cpu, 0.001)}
    alone = idle(standing.engine, standing.key, IDLE_SECONDS[place.full]) if whole else _WORST
    measures[IDLE] = max(alone.cores, 0.001)
    raw = {
        "plan": place.plan,
        "position": place.position,
        "arm": place.arm.value,
        "measures": measures,
        "whole": whole,
        "failed": dict(up.failed),
        "red": red,
        "start": plain(up.start),
        "state": state(standing.engine, standing.key),
        "host": {**host, "idle_own": round(alone.own, 4), "idle_whole": alone.whole or not whole},
        "conditions": conditions(standing.engine, standing.key),
    }
    if place.stopped:  # last, because nothing can be asked afterwards
        measures[STOP] = standing.stop()
    if place.stopped and place.full:
        measures[WARM], raw["warm_failed"] = warm(standing)
        raw["restart"] = plain(restart(standing, (place.position - 1) // 2))
    return Sample(place.position, place.arm, measures, at, evidence=(digest(raw),), raw=raw)


def _times(up: Up, limit: float, *, whole: bool) -> Mapping[str, float]:
    """Give both times; of services without a health check the moment of their answer counts."""
    if not whole or up.green is None:
        return {GREEN: limit, HEALTHY: limit}
    known = [m.healthy if m.healthy is not None else m.usable for m in up.start.moments]
    return {GREEN: up.green, HEALTHY: max(each for each in known if each is not None)}


def _host(before: Busy, own: float) -> dict[str, Any]:
    """Say what the machine did meanwhile: the copy's own work, and that of all others."""
    after = busy()
    worked = after.seconds - before.seconds
    return {
        "load_before": before.load,
        "load_after": after.load,
        "busy_seconds": round(worked, 3),
        "foreign_seconds": round(max(0.0, worked - own), 3),
        "own_seconds": round(after.own - before.own, 3),
        "programs_seconds": round(after.programs - before.programs, 3),
        "ended": time.time(),
    }
