"""All figures of the cell theory/distributed in one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.theory.distributed.amplification import Amplified, amplification
from tasks.domain.theory.distributed.availability import Availability, availability_of
from tasks.domain.theory.distributed.needs import needs_of
from tasks.domain.theory.distributed.startup import StartUp, start_up

if TYPE_CHECKING:
    from tasks.domain.platform.model import Platform


@dataclass(frozen=True, slots=True)
class DistributedFigures:
    """What the theory of distributed systems says of one platform."""

    services: int
    edges: int
    start_up: StartUp
    availability: Availability
    amplified: tuple[Amplified, ...]
    circles: tuple[tuple[str, ...], ...]  # services that need each other at run time


def analyse(platform: Platform) -> DistributedFigures:
    """Compute every figure from the definition files alone; nothing is measured."""
    needs = needs_of(platform)
    return DistributedFigures(
        services=len(needs.uses),
        edges=sum(len(used) for used in needs.uses.values()),
        start_up=start_up(platform),
        availability=availability_of(needs),
        amplified=amplification(needs),
        circles=needs.circles,
    )
