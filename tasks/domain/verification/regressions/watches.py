"""A watch: what the starts of now are compared with and how, written before the first of them.

The level follows from how many false alarms a year somebody bears: that number, divided by the
programmes of a year and by the measures, is what both looks together may be wrong with for one
measure (Bonferroni; it holds however the measures depend on each other).
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field
from itertools import pairwise
from math import exp, log
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.confirmations import NOISE_STARTS, USUAL_MARGIN
from tasks.domain.verification.experiments.judgement import Sample, sample_of
from tasks.domain.verification.experiments.plans import CPU, GREEN, HEALTHY, MEMORY
from tasks.domain.verification.regressions.looks import Bars, TooFewError, bars

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PLAN = "regression"  # the name of the plan, and of the fresh starts of its second look
LEAST_FRESH, MOST_FRESH = 12, 24  # starts of a second look
_MOST_THEN = 12  # earlier starts that are looked at; a programme takes six at most
# What may not grow, and the user's margin of it.
WATCHED: Mapping[str, str] = {GREEN: "startup", HEALTHY: "startup", MEMORY: "memory", CPU: "cpu"}
# Of a normal distribution: its upper quartile, and what one in 1,460 is beyond (a year of nights,
# four measures). So steps between programmes are taken for normal; single starts are not.
_QUARTILE, _TAIL = 0.6745, 3.2
_LEAST_STEPS = 5  # between programmes, until which nobody can tell how much they differ
MOST_FORMERS = 15
_UNKNOWN = "the earlier programme does not say on which machine it measured"
_OTHER = {
    "protocol": "the earlier starts follow protocol {}, those of now {}",
    "engine": "the earlier programme used engine {}, this one {}",
    "processor": "the earlier programme ran on {}, this one on {}",
    "processors": "the earlier programme had {} processors, this one {}",
}
_IMAGES = "images"


@dataclass(frozen=True, slots=True)
class Budget:
    """How many false alarms somebody bears in a year of that many programmes."""

    alarms: float = 1.0
    programmes: float = 365.0


@dataclass(frozen=True, slots=True)
class Former:
    """An earlier programme's starts of the platform as it was, or why there are none."""

    programme: str = ""
    samples: tuple[Sample, ...] = ()
    reason: str = ""
    before: tuple[tuple[Sample, ...], ...] = ()  # of programmes before it, the newest first

    def moves(self, measure: str) -> float:
        """Give the standard deviation of the logarithm by which a programme differs from the next.

        Taken from the median, so that a past regression does not count; 0 where too few are known.
        """
        medians = [
            statistics.median(s.measures[measure] for s in each)
            for each in (self.samples, *self.before)
        ]
        steps = [abs(log(late / early)) for late, early in pairwise(medians)]
        return statistics.median(steps) / _QUARTILE if len(steps) >= _LEAST_STEPS else 0.0


@dataclass(frozen=True, slots=True)
class Watch:
    """What will be compared. ``second`` is 0 where a suspicion is not looked at again."""

    former: str  # the programme
    then: tuple[Sample, ...]
    margins: Mapping[str, float]  # by measure
    first: int  # starts of either look
    second: int
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        """Refuse what no programme plans: a forged watch shall not keep an audit busy.

        Raises:
            ValueError: more starts than a programme takes, no measure, or no budget.
        """
        few = len(self.then) <= _MOST_THEN and 0 <= self.second <= MOST_FRESH
        known = self.first in NOISE_STARTS.values() and set(self.margins) <= set(WATCHED)
        bounded = min(self.budget.alarms, self.budget.programmes) > 0
        if not (few and known and bounded and self.then and self.margins):
            msg = f"The watch of programme {self.former} is none that a programme plans."
            raise ValueError(msg)

    @property
    def level(self) -> float:
        """Give the chance with which both looks may be wrong for one measure."""
        return self.budget.alarms / self.budget.programmes / len(self.margins)

    @property
    def bars(self) -> Bars:
        """Give what the looks must count.

        Raises:
            TooFewError: these starts cannot show anything at this level.
        """
        return bars(len(self.then), self.first, self.second, self.level)


def watch_for(
    former: Former, margins: Mapping[str, float], budget: Budget, *, quick: bool
) -> Watch:
    """Plan both looks, the second with as many fresh starts as the level takes.

    ``margins`` are the user's; where he has none, a tenth. Where earlier programmes differ among
    themselves by more, because the machine is another from day to day, that is allowed as well.

    Raises:
        TooFewError: there are too few earlier starts; the message is a reason.
    """
    then = former.samples[:_MOST_THEN]
    allowed = {
        each: max(margins.get(name, USUAL_MARGIN), exp(_TAIL * former.moves(each)) - 1)
        for each, name in WATCHED.items()
        if each in former.samples[0].measures
    }
    made = (
        Watch(former.programme, then, allowed, NOISE_STARTS[quick], fresh, budget)
        for fresh in ((0,) if quick else range(LEAST_FRESH, MOST_FRESH + 1))
    )
    for each in made:
        if _enough(each):
            return each
    msg = f"{len(then)} earlier starts are too few to keep the false alarms of a year in budget"
    raise TooFewError(msg)


def _enough(watch: Watch) -> bool:
    try:
        return watch.bars.first > 0
    except TooFewError:
        return False


def incomparable(then: Sequence[Sample], now: Sequence[Sample]) -> str:
    """Say why starts cannot be compared, or nothing: what measured them must be the same.

    Images may differ: they are what is compared.
    """
    known = [conditions(each) for each in (*then, *now)]
    if not all(known):
        return _UNKNOWN
    return next((why for each in known for why in differing(known[0], each)), "")


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Name what two conditions differ in."""
    for name, text in _OTHER.items():
        if old.get(name) != new.get(name):
            yield text.format(old.get(name), new.get(name))


def conditions(sample: Sample) -> Mapping[str, Any]:
    """Give under which conditions a start was measured; nothing where it does not say."""
    found = sample.raw.get("conditions")
    return found if isinstance(found, dict) else {}


def others(then: Sequence[Sample], now: Sequence[Sample]) -> tuple[str, ...]:
    """Name the services whose image is another than then, or that were not there."""
    old, new = (conditions(each[0]).get(_IMAGES, {}) if each else {} for each in (then, now))
    return tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))


def watch_of(document: Mapping[str, Any], raws: Mapping[str, Mapping[str, Any]]) -> Watch:
    """Read a watch from its plain form; ``raws`` is the raw material by digest.

    Raises:
        KeyError, TypeError, ValueError: it is not in the shape of one.
    """
    told = dict(document)
    then = samples_of(told.pop("then"), raws)
    return Watch(then=then, budget=Budget(**told.pop("budget")), **told)


def samples_of(
    documents: Sequence[Mapping[str, Any]], raws: Mapping[str, Mapping[str, Any]]
) -> tuple[Sample, ...]:
    """Read samples with their raw material, each from the evidence that it names."""
    return tuple(
        sample_of({**each, "raw": next((raws[e] for e in each["evidence"] if e in raws), {})})
        for each in documents
    )
