"""Arrivals: users do not wait for each other, so requests are sent by the clock.

The moments follow from the seed alone and never from earlier answers. A generator that
waits for an answer before it sends the next request hides exactly the time in which a
service is slow (coordinated omission).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

MOST_ARRIVALS = 200_000  # of one load: a minute at more than any one process sends


class Pace(StrEnum):
    """How the gaps between requests are distributed."""

    CONSTANT = "constant"
    POISSON = "poisson"


@dataclass(frozen=True, slots=True)
class Load:
    """``rate`` requests a second for ``seconds``."""

    rate: float
    seconds: float
    pace: Pace = Pace.POISSON
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a load that is none, or that nobody could send.

        Raises:
            ValueError: a figure is not above zero, or there are too many arrivals.
        """
        if self.rate <= 0 or self.seconds <= 0 or self.rate * self.seconds > MOST_ARRIVALS:
            msg = f"A load of {self.rate}/s for {self.seconds} s cannot be sent."
            raise ValueError(msg)


def arrivals(load: Load) -> list[float]:
    """List the moments at which requests are sent, in seconds since the beginning."""
    if load.pace is Pace.CONSTANT:
        return [number / load.rate for number in range(round(load.rate * load.seconds))]
    chance = random.Random(load.seed)  # noqa: S311  # repeatable, not secret
    moments = []
    moment = chance.expovariate(load.rate)
    while moment < load.seconds:
        moments.append(moment)
        moment += chance.expovariate(load.rate)
    return moments
