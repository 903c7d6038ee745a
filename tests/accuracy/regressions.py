"""How often an earlier programme's starts raise a false alarm in a year, and what they find.

    .venv/bin/python -m tests.accuracy.regressions [--programmes N] [--seed N] > docs/regressions.md

Plays programmes in worlds whose truth is known: earlier starts from one stretch of a world, those
of now from another, judged by the product's own function. Nothing here decides by itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import ttest_ind

from tasks.domain.verification.experiments.judgement import Sample
from tasks.domain.verification.experiments.plans import GREEN, MEMORY, Arm
from tasks.domain.verification.regressions.judging import Lookback, Standing, standings, suspects
from tasks.domain.verification.regressions.watches import (
    MOST_FORMERS,
    PLAN,
    Budget,
    Former,
    watch_for,
)
from tests.accuracy.honesty import worlds as recorded
from tests.accuracy.intervals import clopper_pearson
from tests.accuracy.worlds import MADE_UP, MEASURES, World
from tests.benchmarks.startup import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from tasks.domain.verification.regressions.watches import Watch

YEAR = 365
SAME, WORST, SLOWER = 1.0, 1.1, 1.3  # as it was; worse by what is allowed; a regression
_CONDITIONS = {"protocol": "1", "engine": "26", "processor": "x", "processors": 2}
_T_LEVEL = 0.05
STARTS = 6  # of an earlier programme


def moving(spread: float, days: float, rng: Generator, count: int) -> NDArray[np.float64]:
    """Let each stretch have a level of its own, as hosts have from day to day."""
    starts = rng.normal(0, spread, (count, len(MEASURES)))
    return np.asarray(starts + rng.normal(0, days))


WORLDS = (*MADE_UP, World("each programme 3 % off by itself", partial(moving, 0.05, 0.03)))


@dataclass
class Tally:
    """What came of many programmes."""

    programmes: int = 0
    suspected: int = 0
    alarmed: int = 0
    missed: int = 0  # time to green not found to be worse
    naive: int = 0  # a t test of the first look alone would have said so of green

    def upper(self) -> float:
        """Bound the alarms of a year from above, with 97.5 %."""
        return YEAR * clopper_pearson(self.alarmed, self.programmes)[1]

    def lower(self) -> float:
        """Bound the alarms of a year from below, with 97.5 %."""
        return YEAR * clopper_pearson(self.alarmed, self.programmes)[0]


def tally(world: World, ratio: float, programmes: int, seed: int) -> Tally:
    """Play programmes in which both times truly are ``ratio`` times those of before."""
    found = Tally()
    rng = np.random.default_rng([seed, zlib.crc32(world.name.encode())])
    for _ in range(programmes):
        watch = _watch([np.exp(world.starts(rng, STARTS)) for _ in range(MOST_FORMERS)])
        drawn = np.exp(world.starts(rng, watch.first + watch.second))
        drawn[:, : MEASURES.index(MEMORY)] *= ratio
        early, fresh = drawn[: watch.first], drawn[watch.first :]
        now = _samples(early, "noise")
        again = _samples(fresh, PLAN) if (suspected := suspects(watch, now)) else ()
        found.programmes += 1
        found.suspected += bool(suspected)
        then = [each.measures[GREEN] for each in watch.then]
        chance = float(ttest_ind(early[:, 0], then, alternative="greater").pvalue)
        found.naive += int(chance < _T_LEVEL)
        worse = _worse(Lookback(watch, now, again)) if suspected else set()
        found.alarmed += bool(worse)
        found.missed += GREEN not in worse
    return found


def _watch(earlier: Sequence[NDArray[np.float64]]) -> Watch:
    """Plan as the product does; the worlds know no processor time, so three share the budget."""
    newest, *before = (_samples(each, "noise") for each in earlier)
    former = Former("then", newest, before=tuple(before))
    return watch_for(former, {}, Budget(), quick=False)


def _samples(rows: NDArray[np.float64], plan: str) -> tuple[Sample, ...]:
    raw = {"plan": plan, "conditions": _CONDITIONS}
    return tuple(
        Sample(n, Arm.BEFORE, dict(zip(MEASURES, map(float, row), strict=True)), n, raw=raw)
        for n, row in enumerate(rows, start=1)
    )


def _worse(lookback: Lookback) -> set[str]:
    return {name for name, each in standings(lookback).items() if each is Standing.WORSE}


def document(programmes: int, seed: int, day: dt.date) -> Iterator[str]:
    """Write the page, paragraph by paragraph."""
    yield "# False alarms of a year"
    yield (
        f"Printed on {day} by `.venv/bin/python -m tests.accuracy.regressions --programmes "
        f"{programmes} --seed {seed}`: {programmes} programmes a row, each with six earlier "
        f"starts, those of {MOST_FORMERS - 1} programmes before them, six of now, and twelve fresh "
        "ones where the first look is suspicious; judged by the function that the product and `cmi "
        f"audit` use. The budget is one false alarm in a year of {YEAR} programmes. Bounds are "
        "exact (Clopper-Pearson, 97.5 % on their side)."
    )
    real = tuple(recorded())
    for title, ratio, told in (
        ("Nothing is worse", SAME, _SAME),
        ("Worse by exactly what is allowed", WORST, _WORST),
    ):
        yield f"## {title}"
        yield told
        rows = [_false(e.name, tally(e, ratio, programmes, seed)) for e in (*WORLDS, *real)]
        yield table(
            ("world", "suspicions a year", "false alarms a year", "upper bound", "t test alone"),
            rows,
        )
    yield "## A regression of 30 %"
    yield (
        "How often it is found at the first programme that has it. Where programmes differ much by "
        "themselves, more is allowed and less is found."
    )
    rows = [
        _true(e.name, tally(e, SLOWER, max(1, programmes // 10), seed + 1))
        for e in (*WORLDS, *real)
    ]
    yield table(("world", "found", "suspected"), rows)


_SAME = (
    "The last column is what a t test at 5 % of the same first starts, without margin or second "
    "look, would raise of one measure: these worlds find out who lies. Worlds named by a number of "
    "starts are recorded ones, drawn in blocks of neighbours."
)
_WORST = (
    "Both times grow by a tenth, which is the margin where programmes hardly differ by themselves: "
    "the case in which most alarms come that are not meant. Where starts scatter independently of "
    "each other, the budget holds even here. A world that drifts meanwhile is then worse by more "
    "than the margin, and is told so; one whose machine is another from day to day may exceed it."
)


def _false(name: str, found: Tally) -> Sequence[str]:
    year = YEAR / found.programmes
    return (
        name,
        f"{found.suspected * year:.1f}",
        f"{found.alarmed * year:.2f}",
        f"{found.upper():.2f}",
        f"{found.naive * year:.0f}",
    )


def _true(name: str, found: Tally) -> Sequence[str]:
    share = 1 - found.missed / found.programmes
    return (name, f"{share:.1%}", f"{found.suspected / found.programmes:.1%}")


def main() -> None:
    """Play everything, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programmes", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=20261130)
    asked = parser.parse_args()
    today = dt.datetime.now(dt.UTC).date()
    sys.stdout.write("\n\n".join(document(asked.programmes, asked.seed, today)) + "\n")


if __name__ == "__main__":
    main()
