"""The knee: the highest rate that a platform carries without its users noticing.

A rate is carried when nearly all of it is answered and the tail stays within a factor of what it
is at rest. The search doubles until a rate is not carried, then halves the gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.verification.load.latencies import Summary

ANSWERED = 0.95  # share of what is offered
TAIL_FACTOR = 5.0  # of the 99th percentile at the first, lowest rate
FINE = 1.1  # carried and not carried are this close: enough


@dataclass(frozen=True, slots=True)
class Step:
    """One load of the search, and what it showed."""

    rate: float
    summary: Summary


@dataclass(frozen=True, slots=True)
class Knee:
    """Between which rates the knee lies; ``broken`` is None when no rate was too high."""

    carried: float
    broken: float | None


def carried(step: Step, first: Step) -> bool:
    """Tell whether a rate was carried, compared with the first and lowest one."""
    tail, rest = (each.summary.quantiles.get(0.99) for each in (step, first))
    answered = step.summary.throughput >= ANSWERED * step.summary.offered
    calm = tail is None or rest is None or tail <= TAIL_FACTOR * rest
    return answered and calm and step.summary.errors <= (1 - ANSWERED) * step.summary.requests


def knee(steps: Sequence[Step]) -> Knee:
    """Say where the knee lies after these steps; the first must be the lowest rate.

    Raises:
        ValueError: there is no step.
    """
    if not steps:
        msg = "A knee needs at least one load."
        raise ValueError(msg)
    good = [step.rate for step in steps if carried(step, steps[0])]
    bad = [step.rate for step in steps if not carried(step, steps[0])]
    broken = min(bad, default=None)
    below = [rate for rate in good if broken is None or rate < broken]
    return Knee(max(below, default=0.0), broken)


def next_rate(steps: Sequence[Step], highest: float) -> float | None:
    """Say which rate to try next; None when the knee is known finely enough."""
    found = knee(steps)
    if found.broken is None:
        wanted = found.carried * 2
        return wanted if wanted <= highest else None
    if found.carried == 0.0 or found.broken / found.carried <= FINE:
        return None
    return float((found.carried * found.broken) ** 0.5)
