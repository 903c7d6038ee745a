"""How often the sequential comparison is wrong, where the truth is known.

    .venv/bin/python -m tests.accuracy.honesty [--runs N] [--seed N] > docs/honesty.md

Plays whole experiments with the product's own plan and judgement: over made-up noise, and over
recorded starts of real stacks drawn again in blocks. Nothing here decides by itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import sys
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tasks.domain.verification.experiments.judgement import Verdict
from tests.accuracy.intervals import clopper_pearson
from tests.accuracy.worlds import BLOCK, MADE_UP, naive, plan, play, published, recorded
from tests.benchmarks.startup import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.accuracy.worlds import World

CHECKOUT = Path(__file__).resolve().parents[2]
TRACES = Path(__file__).with_name("traces")
SAME = (1.0, 1.0, 1.0)
EFFECTS = ((0.9, 0.9, 1.0), (0.8, 0.8, 1.0))
# Much is gained, and memory grows by exactly what the guard forbids.
BROKEN = (0.7, 0.7, 1.1)


@dataclass
class Tally:
    """What came of many experiments in one world, whose truth is ``ratios``."""

    ratios: Sequence[float]
    runs: int = 0
    accepted: int = 0
    believed: int = 0  # at least one claim, accepted or not
    covered: int = 0
    bounded: int = 0  # both sides of the interval are finite
    naive: int = 0
    pairs: list[int] = field(default_factory=list)  # of those accepted


def tally(world: World, ratios: Sequence[float], runs: int, seed: int) -> Tally:
    """Play ``runs`` experiments; each has its own order and its own noise."""
    found = Tally(ratios)
    rng = np.random.default_rng([seed, zlib.crc32(world.name.encode())])
    for number in range(runs):
        made = plan(seed * 1_000_000 + number)
        starts = world.starts(rng, made.most_samples)
        judged = play(made, starts, ratios)
        ratio = judged.ratios["working sooner"]
        found.runs += 1
        found.believed += bool(judged.held)
        found.covered += ratio.low <= ratios[0] <= ratio.high
        found.bounded += ratio.low > 0 and ratio.high < float("inf")
        found.naive += naive(made, starts) if ratios == SAME else 0
        if judged.verdict is Verdict.SHOWN:
            found.accepted += 1
            found.pairs.append(judged.pairs)
    return found


def worlds() -> tuple[World, ...]:
    """List the worlds that are made of recorded starts."""
    page = CHECKOUT / "docs/startup-benchmarks.md"
    traces = (*recorded(TRACES), *published(page, "examples/shop"))
    return tuple(each.world() for each in traces)


def document(runs: int, seed: int, day: dt.date) -> Iterator[str]:
    """Write the page, paragraph by paragraph."""
    yield "# Honesty of the comparison"
    yield (
        f"Printed on {day} by `.venv/bin/python -m tests.accuracy.honesty --runs {runs} "
        f"--seed {seed}`: {runs} experiments a row, each with the product's own plan (two claims, "
        "a guard on memory, family-wise error 5 %, at most 30 pairs, a look after every pair), "
        "its order drawn anew, and the judgement that the product and `cmi audit` use."
    )
    made_up = MADE_UP
    real = worlds()
    yield "## Nothing is better"
    yield (
        "Both arms are the same platform. A claim that is believed is false; all of them together "
        "may be believed in 5 % of the experiments. The interval is that of the ratio of green, "
        "at whatever pair the experiment ended; it may miss the truth in 5 %. The last column is "
        "what a t interval at every look would have believed: these worlds find out who lies. "
        "Bounds are exact (Clopper-Pearson, 97.5 % on their side)."
    )
    same = [(each.name, tally(each, SAME, runs, seed)) for each in (*made_up, *real)]
    heads = ("world", "a claim believed", "upper bound", "accepted", "upper bound")
    rows = [_false(name, found) for name, found in same]
    yield table((*heads, "interval covers", "lower bound", "t interval believes"), rows)
    yield (
        f"Worlds named by a number of starts are recorded: real starts on a real engine, drawn in "
        f"blocks of {BLOCK} neighbours. A short trace knows only the noise of its own hour."
    )
    yield "## A guard is broken"
    yield (
        "Green and healthy take 30 % less, memory grows by exactly the margin of 10 %. To accept "
        "is wrong, and may happen in 5 %."
    )
    broken = [(each.name, tally(each, BROKEN, runs, seed + 1)) for each in (*made_up, *real)]
    rows = [(name, _share(f.accepted, f.runs), _upper(f.accepted, f.runs)) for name, f in broken]
    yield table(("world", "accepted", "upper bound"), rows)
    yield "## Something is better"
    yield "What it costs: how often a true improvement is seen, after how many pairs."
    rows = [
        _true(each.name, tally(each, ratios, runs, seed + 2))
        for each in (*made_up, *real)
        for ratios in EFFECTS
    ]
    heads = ("world", "truly less by", "accepted", "pairs until then", "interval covers")
    yield table((*heads, "lower bound", "both sides bounded"), rows)


def _false(name: str, found: Tally) -> tuple[str, ...]:
    return (
        name,
        _share(found.believed, found.runs),
        _upper(found.believed, found.runs),
        _share(found.accepted, found.runs),
        _upper(found.accepted, found.runs),
        _share(found.covered, found.runs),
        f"{clopper_pearson(found.covered, found.runs)[0]:.1%}",
        f"{found.naive / found.runs:.1%}",
    )


def _true(name: str, found: Tally) -> tuple[str, ...]:
    return (
        name,
        f"{1 - found.ratios[0]:.0%}",
        _share(found.accepted, found.runs),
        f"{statistics.median(found.pairs):g}" if found.pairs else "-",
        _share(found.covered, found.runs),
        f"{clopper_pearson(found.covered, found.runs)[0]:.1%}",
        f"{found.bounded / found.runs:.0%}",
    )


def _share(count: int, runs: int) -> str:
    return f"{count} ({count / runs:.1%})"


def _upper(count: int, runs: int) -> str:
    return f"{clopper_pearson(count, runs)[1]:.1%}"


def main() -> None:
    """Play everything, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261129)
    asked = parser.parse_args()
    today = dt.datetime.now(dt.UTC).date()
    sys.stdout.write("\n\n".join(document(asked.runs, asked.seed, today)) + "\n")


if __name__ == "__main__":
    main()
