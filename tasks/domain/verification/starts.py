"""The phases of a start: what each service waited for, and what the stack as a whole did.

All times are seconds after the start was asked for. Create, wait, process and health come
from the engine's events, the moment a service answers from our own probes, so a service
may be healthy before it answers: such a check is dishonest, and faster ones would break
whoever believes it.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEALTHY, COMPLETED = "service_healthy", "service_completed_successfully"
# Below this an answer and an event cannot be told apart: we ask every 50 ms.
RESOLUTION = 0.1


@dataclass(frozen=True, slots=True)
class Moments:
    """When what happened to one service. None: it did not happen, or nobody could see it."""

    service: str
    created: float | None = None
    started: float | None = None
    ready: float | None = None  # it answers on its port
    healthy: float | None = None
    ended: float | None = None  # a service that does its work and ends
    exit_code: int | None = None
    needs: Mapping[str, str] = field(default_factory=dict)  # service to condition

    @property
    def dishonest(self) -> bool:
        """Tell whether it was called healthy before it answered."""
        if self.healthy is None or self.ready is None:
            return False
        return self.ready - self.healthy > RESOLUTION

    @property
    def usable(self) -> float | None:
        """When it can be used: healthy and answering; None when it never started."""
        known = [t for t in (self.healthy, self.ready, self.ended) if t is not None]
        return max(known) if known else self.started

    def released(self, condition: str) -> float | None:
        """When it let those start that wait for it under ``condition``."""
        if condition == HEALTHY:
            return self.healthy
        return self.ended if condition == COMPLETED else self.started


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time of one service. ``phase``: create, gate, start, ready, health, probes."""

    service: str
    phase: str
    begin: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Start:
    """One start of the whole stack. ``total`` is by our own clock, the rest by the engine's."""

    total: float
    moments: tuple[Moments, ...]
    path: tuple[Segment, ...]  # the critical path, first to last, without a gap

    @property
    def explained(self) -> float:
        """How many seconds the critical path's phases add up to."""
        return sum(each.seconds for each in self.path)

    @property
    def gap(self) -> float:
        """What share of the total the phases do not explain."""
        return abs(self.total - self.explained) / self.total if self.total else 0.0

    @property
    def dishonest(self) -> tuple[str, ...]:
        """Name the services whose health check lies."""
        return tuple(each.service for each in self.moments if each.dishonest)


def phases(moments: Moments, known: Mapping[str, Moments]) -> tuple[Segment, ...]:
    """Split one service's start into phases that follow each other."""
    return tuple(_phases(moments, known))


def _phases(one: Moments, known: Mapping[str, Moments]) -> Iterator[Segment]:
    at = 0.0
    gate = _gate(one, known)
    marks = [
        ("create", one.created),
        ("gate", gate[1] if gate else None),
        ("start", one.started),
        ("ready", one.ready),
        ("health", one.healthy),
    ]
    for phase, moment in marks:
        if moment is not None and moment > at:
            yield Segment(one.service, phase, at, moment)
            at = moment


def _gate(one: Moments, known: Mapping[str, Moments]) -> tuple[str, float] | None:
    """Find who let this service start last, and when."""
    found = [
        (name, moment)
        for name, condition in one.needs.items()
        if name in known and (moment := known[name].released(condition)) is not None
    ]
    return max(found, key=lambda pair: pair[1]) if found else None


def critical_path(moments: Sequence[Moments], green: float) -> tuple[Segment, ...]:
    """Walk back from the service that was usable last to the beginning.

    Ends where all probes were green: the path's phases add up to exactly that.
    """
    known = {each.service: each for each in moments}
    usable = [(each.usable, each.service) for each in moments if each.usable is not None]
    if not usable:
        return ()
    at, name = max(usable)
    found = [Segment(name, "probes", at, green)] if green > at else []
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        gate = _gate(known[name], known)
        behind = gate is not None and gate[0] not in seen
        floor = gate[1] if gate is not None and behind else 0.0
        for each in reversed(phases(known[name], known)):
            begin, end = max(each.begin, floor), min(each.end, at)
            if begin < end:
                found.append(Segment(name, each.phase, begin, end))
        if gate is None or not behind:
            break
        name, at = gate
    return tuple(reversed(found))


def start_of(moments: Sequence[Moments], total: float, green: float) -> Start:
    """Put one start together. ``green``: by the engine's clock; ``total``: by ours."""
    ordered = tuple(sorted(moments, key=lambda each: (each.started or 0.0, each.service)))
    return Start(total, ordered, critical_path(ordered, green))
