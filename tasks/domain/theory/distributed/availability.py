"""Availability: series over what a door needs, parallel over replicas.

Assumptions, printed with every figure: instances fail independently, one
instance is up with probability `ASSUMED_INSTANCE`, a service needs everything
in its closure, replicas take over without delay, the platform below (node,
network, control plane) never fails. The true figure is lower; the ranking of
what to double first does not depend on the absolute value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.domain.theory.distributed.needs import Needs

ASSUMED_INSTANCE = 0.999  # probability that one instance is up
MINUTES_A_MONTH = 30 * 24 * 60


@dataclass(frozen=True, slots=True)
class Door:
    """A service that users reach first. ``minutes`` are down-time in 30 days."""

    service: str
    availability: float
    minutes: float
    in_series: int  # services that must all be up


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """A service with one instance whose loss closes doors, with what a second one would save."""

    service: str
    blast: tuple[str, ...]  # who is down with it, itself not included
    doors: tuple[str, ...]
    saved: float  # minutes in 30 days, summed over the doors, if it had one more instance


@dataclass(frozen=True, slots=True)
class Availability:
    """Doors and single points of failure, the worst first."""

    doors: tuple[Door, ...]
    single_points: tuple[SinglePoint, ...]


def parallel(instances: int, each: float = ASSUMED_INSTANCE) -> float:
    """Give the probability that at least one of ``instances`` is up."""
    return 1.0 - (1.0 - each) ** instances


def availability_of(needs: Needs) -> Availability:
    """Compute doors and single points; a service scaled to 0 makes its doors unavailable."""
    closures = {door: needs.closure(door) for door in needs.doors}
    up = {
        door: math.prod(parallel(needs.replicas.get(name, 1)) for name in closure)
        for door, closure in closures.items()
    }
    doors = [
        Door(door, up[door], (1.0 - up[door]) * MINUTES_A_MONTH, len(closures[door]))
        for door in needs.doors
    ]
    points = [_point(name, needs, up) for name in needs.blast if needs.replicas.get(name, 1) == 1]
    return Availability(
        tuple(sorted(doors, key=lambda door: (door.availability, door.service))),
        tuple(
            sorted(
                (point for point in points if point.doors and point.blast),
                key=lambda point: (-point.saved, -len(point.blast), point.service),
            )
        ),
    )


def _point(name: str, needs: Needs, up: dict[str, float]) -> SinglePoint:
    hit = needs.blast[name]
    doors = tuple(sorted(door for door in needs.doors if door in hit))
    gain = parallel(2) / parallel(1) - 1.0
    saved = sum(up[door] * gain for door in doors) * MINUTES_A_MONTH
    return SinglePoint(name, tuple(sorted(hit - {name})), doors, saved)
