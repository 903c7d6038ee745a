"""Worlds in which the truth is known: made-up noise, and recorded starts drawn again in blocks.

A world gives starts in the order of their times, as logarithms of green, healthy and memory.
Which arm each start belongs to is the plan's affair; what a change truly does is added to those
of the changed platform.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from math import exp, log
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import t

from tasks.domain.verification.confirmations import FULL_PAIRS, USUAL_MARGIN
from tasks.domain.verification.experiments.judgement import Judgement, Sample, Verdict, judge
from tasks.domain.verification.experiments.plans import (
    GREEN,
    HEALTHY,
    MEMORY,
    Arm,
    Benefit,
    Guard,
    Plan,
    arm_at,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.random import Generator
    from numpy.typing import NDArray

MEASURES = (GREEN, HEALTHY, MEMORY)
_MEMORY_SPREAD = 0.01
BLOCK = 4  # starts that are drawn together: two pairs, so that neighbours stay neighbours
_LEAST_LOOK = 3  # pairs without which a t interval is none


@dataclass(frozen=True)
class World:
    """Noise with a name. ``starts`` draws as many as are asked for."""

    name: str
    starts: Callable[[Generator, int], NDArray[np.float64]]


def _with_memory(rng: Generator, green: NDArray[np.float64], spread: float) -> NDArray[np.float64]:
    """Let the second measure go along with the first, as it does on real stacks."""
    healthy = 0.8 * green + rng.normal(0, 0.6 * spread, len(green))
    memory = rng.normal(0, _MEMORY_SPREAD, len(green))
    return np.column_stack([green, healthy, memory])


def _normal(spread: float, rng: Generator, count: int) -> NDArray[np.float64]:
    return _with_memory(rng, rng.normal(0, spread, count), spread)


def _outliers(rng: Generator, count: int) -> NDArray[np.float64]:
    slow = (rng.random(count) < 0.1) * rng.uniform(log(1.5), log(3), count)
    return _with_memory(rng, rng.normal(0, 0.05, count) + slow, 0.05)


def _drift(rng: Generator, count: int) -> NDArray[np.float64]:
    return _with_memory(rng, rng.normal(0, 0.05, count) + 0.005 * np.arange(count), 0.05)


def _alike(rng: Generator, count: int) -> NDArray[np.float64]:
    green = rng.normal(0, 0.1, count)
    for n in range(1, count):
        green[n] = 0.7 * green[n - 1] + (1 - 0.7**2) ** 0.5 * green[n]
    return _with_memory(rng, green, 0.1)


MADE_UP = (
    World("normal, 5 %", partial(_normal, 0.05)),
    World("normal, 17 %", partial(_normal, 0.17)),
    World("one start in ten 1.5 to 3 times slower", _outliers),
    World("each start 0.5 % slower than the last", _drift),
    World("neighbours alike (0.7)", _alike),
)


@dataclass(frozen=True)
class Trace:
    """Starts of one platform, nothing changed between them, in the order of their times."""

    name: str
    logs: NDArray[np.float64]

    def world(self, block: int = BLOCK) -> World:
        """Draw blocks of neighbouring starts again and again; the trace goes round."""
        return World(self.name, partial(self._drawn, block))

    def _drawn(self, block: int, rng: Generator, count: int) -> NDArray[np.float64]:
        begins = rng.integers(0, len(self.logs), -(-count // block))
        at = (begins[:, None] + np.arange(block)).ravel()[:count] % len(self.logs)
        found: NDArray[np.float64] = self.logs[at]
        return found


def recorded(folder: Path) -> Iterator[Trace]:
    """Read the traces that `tests.accuracy.recording` wrote."""
    for path in sorted(folder.glob("*.json")):
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        rows = [[each[m] for m in MEASURES] for each in told["starts"]]
        yield Trace(f"{told['platform']}, {len(rows)} starts", np.log(np.array(rows, dtype=float)))


def published(page: Path, name: str) -> Iterator[Trace]:
    """Read the starts of one arm each from the page of the start-up benchmarks."""
    row = re.compile(
        r"\| \d+ \| (before|after) \| ([\d.]+) s \| ([\d.]+) s \| ([\d.]+) MiB \|.*\| - \|"
    )
    found = [m.groups() for m in row.finditer(page.read_text(encoding="utf-8"))]
    for arm, what in (("before", "as it is"), ("after", "changed")):
        rows = [list(map(float, values)) for which, *values in found if which == arm]
        if rows:
            yield Trace(f"{name}, {what}, {len(rows)} starts", np.log(np.array(rows)))


def plan(number: int, pairs: int = FULL_PAIRS) -> Plan:
    """Give a plan as the product makes it, with an order of its own."""
    return Plan(
        f"set-{number}",
        ("c1",),
        (Benefit("working sooner", GREEN), Benefit("healthy sooner", HEALTHY)),
        (Guard("memory", MEMORY, USUAL_MARGIN),),
        f"{number:016x}",
        most_pairs=pairs,
    )


def play(made: Plan, starts: NDArray[np.float64], ratios: Sequence[float]) -> Judgement:
    """Carry an experiment out: pair by pair, until the product's own judgement is made.

    ``ratios`` are what the change truly does to green, healthy and memory.
    """
    samples: list[Sample] = []
    while (found := judge(made, samples)).verdict is Verdict.OPEN:
        for _ in range(2):
            position = len(samples) + 1
            arm = arm_at(made, position)
            factors = ratios if arm is Arm.AFTER else (1.0, 1.0, 1.0)
            values = {
                measure: exp(starts[position - 1][n]) * factors[n]
                for n, measure in enumerate(MEASURES)
            }
            samples.append(Sample(position, arm, values, position))
    return found


def naive(made: Plan, starts: NDArray[np.float64]) -> bool:
    """Tell whether a t interval, looked at after every pair, would ever call green shorter.

    Nobody should decide like this. It is here to show that these worlds find out who lies.
    """
    signs = [1 if arm_at(made, n) is Arm.BEFORE else -1 for n in range(1, len(starts), 2)]
    green = starts[:, 0]
    logs = np.array(signs) * (green[1::2] - green[::2])
    for pairs in range(_LEAST_LOOK, len(logs) + 1):
        seen = logs[:pairs]
        error = float(seen.std(ddof=1)) / pairs**0.5
        if float(seen.mean()) + float(t.ppf(1 - made.alpha, pairs - 1)) * error < 0:
            return True
    return False
