"""What both looks say, as a pure function of the watch and the starts."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

import numpy as np

from tasks.domain.platform.model import NotAssessed
from tasks.domain.verification.experiments.judgement import Sample  # noqa: TC001  # a field's type
from tasks.domain.verification.experiments.plans import CPU, GREEN, HEALTHY, IDLE, MEMORY
from tasks.domain.verification.regressions.looks import count, heard_of, law
from tasks.domain.verification.regressions.watches import Watch, incomparable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MIB = 1 << 20
_ROUNDS, _SEED, _USUAL = 2000, 20261130, 0.8
_MOST_GROWTH = 400  # percent; what is only seen beyond is not told
QUICK = "it was looked at once only, because of --quick"
WHAT = "a regression of the starts"
_AGAIN = "Run it without `--quick`: a second look tells chance from regression."
_MEND = "Mend what the reason names, then run the same command with --fresh."
_WAIT = "Nothing: the next programme compares with this one. `performance-baseline` names a bundle."
# How a measure is called within a sentence.
CALLED = {
    GREEN: "the time until every probe is green",
    HEALTHY: "the time until every check says healthy",
    MEMORY: "the memory of the started platform",
    CPU: "the processor time of a start",
}


class Standing(StrEnum):
    """What became of a measure."""

    FINE = "fine"  # nothing suspicious at the first look
    SUSPECTED = "suspected"  # and not looked at again
    CHANCE = "chance"  # suspected, and not confirmed
    WORSE = "worse"  # confirmed: a regression


@dataclass(frozen=True, slots=True)
class Lookback:
    """Both looks, or why there was none. ``obstacle`` says why the second one is missing."""

    watch: Watch | None = None
    now: tuple[Sample, ...] = ()
    again: tuple[Sample, ...] = ()
    reason: str = ""
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: medians, and how often chance alone would have shown as much.

    ``grown`` is of the fresh starts where there are any: the first ones raised the suspicion and
    flatter it. ``both`` is None without a second look, ``seen_from`` where only more than five
    times as much would be seen.
    """

    measure: str
    margin: float
    then: float
    now: float
    again: float | None
    grown: float
    first: float
    both: float | None
    standing: Standing
    seen_from: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """All measures, or why they were not compared; and what a year of this costs at most."""

    rows: tuple[Row, ...] = ()
    reason: str = ""
    alarms: float = 0.0  # false ones
    suspicions: float = 0.0  # false ones, each of which costs a second look

    @property
    def worse(self) -> tuple[Row, ...]:
        """Give the regressions."""
        return tuple(each for each in self.rows if each.standing is Standing.WORSE)


def judge(lookback: Lookback) -> Judged:
    """Judge every measure by both looks.

    Raises:
        TooFewError: the watch could never have shown anything.
    """
    watch, now, again = lookback.watch, lookback.now, lookback.again
    if watch is None or len(now) < watch.first:
        return Judged(reason=lookback.reason)
    if reason := incomparable(watch.then, (*now, *again)):
        return Judged(reason=reason)
    bars, year = watch.bars, len(watch.margins) * watch.budget.programmes
    rows = tuple(_row(watch, each, now, again) for each in watch.margins)
    return Judged(rows, "", bars.both * year, bars.chance * year)


def suspects(watch: Watch, now: Sequence[Sample]) -> tuple[str, ...]:
    """Name the measures that the first look finds suspicious."""
    found = standings(Lookback(watch, tuple(now)))
    return tuple(name for name, each in found.items() if each is not Standing.FINE)


def _counted(watch: Watch, measure: str, now: Sequence[Sample]) -> int:
    then, late = (_values(each, measure) for each in (watch.then, now))
    return count(then, late, watch.margins[measure])


def standings(lookback: Lookback) -> dict[str, Standing]:
    """Say what became of each measure; nothing where there is nothing to compare."""
    watch, now = lookback.watch, lookback.now
    if watch is None or len(now) < watch.first:
        return {}
    if incomparable(watch.then, (*now, *lookback.again)):
        return {}
    return {each: _standing(watch, each, now, lookback.again) for each in watch.margins}


def _standing(
    watch: Watch, measure: str, now: Sequence[Sample], again: Sequence[Sample]
) -> Standing:
    if _counted(watch, measure, now) < watch.bars.first:
        return Standing.FINE
    if not watch.second or len(again) != watch.second:
        return Standing.SUSPECTED
    confirmed = _counted(watch, measure, again) >= watch.bars.second
    return Standing.WORSE if confirmed else Standing.CHANCE


def _row(watch: Watch, measure: str, now: Sequence[Sample], again: Sequence[Sample]) -> Row:
    then, early, fresh = (_values(each, measure) for each in (watch.then, now, again))
    chances = law(len(then), watch.first, watch.second)
    standing = _standing(watch, measure, now, again)
    twice = standing in {Standing.WORSE, Standing.CHANCE}
    both = float(chances[watch.bars.first, _counted(watch, measure, again)]) if twice else None
    old, new = statistics.median(then), statistics.median(fresh or early)
    return Row(
        measure,
        watch.margins[measure],
        old,
        statistics.median(early),
        statistics.median(fresh) if fresh else None,
        new / old - 1,
        float(chances[_counted(watch, measure, now), 0]),
        both,
        standing,
        seen_from(watch, measure),
    )


def seen_from(watch: Watch, measure: str) -> float | None:
    """Say beforehand which growth would be seen four times in five: a share, or None.

    Starts are played that differ as the earlier ones do from one to the next, taken for normal.
    """
    values = [log(each) for each in _values(watch.then, measure)]
    steps = [(late - early) ** 2 for early, late in pairwise(values)]
    spread = (statistics.fmean(steps) / 2) ** 0.5 if steps else 0.0
    sizes = (len(watch.then), watch.first, watch.second)
    draws = np.random.default_rng(_SEED).normal(0, spread, (_ROUNDS, sum(sizes)))
    then, early, fresh = np.split(draws, np.cumsum(sizes)[:2], axis=1)
    then = np.sort(then)[:, : heard_of(len(watch.then))]
    bars, low, high = watch.bars, 0, _MOST_GROWTH + 1

    def enough(percent: int) -> bool:
        shift = log(1 + percent / 100) - log(1 + watch.margins[measure])
        looks = ((early, bars.first), (fresh, bars.second if watch.second else 0))
        held = [
            ((each + shift)[:, :, None] > then[:, None, :]).sum((1, 2)) >= bar
            for each, bar in looks
        ]
        return bool(np.mean(held[0] & held[1]) >= _USUAL)

    while low < high:  # what is seen of a growth is seen of any larger one
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return None if low > _MOST_GROWTH else low / 100


def _values(samples: Sequence[Sample], measure: str) -> list[float]:
    return [each.measures[measure] for each in samples]


def unassessed(lookback: Lookback) -> Iterator[NotAssessed]:
    """List why nothing was compared, or why a suspicion was not looked at again."""
    judged = judge(lookback)
    if judged.reason:
        yield NotAssessed(WHAT, judged.reason, _WAIT if lookback.now else _MEND)
    for each in judged.rows:
        if each.standing is Standing.SUSPECTED:
            reason = f"{CALLED[each.measure]} is suspicious; {lookback.obstacle or QUICK}"
            yield NotAssessed(WHAT, reason, _AGAIN)


def regressions(lookback: Lookback) -> Iterator[tuple[str, str]]:
    """Name each measure that became worse, and say what was seen of it, for whoever decides."""
    if lookback.watch is not None:
        for each in judge(lookback).worse:
            yield each.measure, _told(each, lookback.watch)


def _told(row: Row, watch: Watch) -> str:
    old, new = figure(row.then, row.measure), figure(row.again or row.now, row.measure)
    return (
        f"Since programme {watch.former}, {CALLED[row.measure]} grew by {100 * row.grown:.0f} %, "
        f"from {old} to {new}: suspected in {watch.first} starts, "
        f"confirmed in {watch.second} fresh ones."
    )


def figure(value: float, measure: str) -> str:
    """Write a measure with its unit."""
    if measure == IDLE:
        return f"{100 * value:.1f} %"
    return f"{value / _MIB:.0f} MiB" if measure == MEMORY else f"{value:.2f} s"
