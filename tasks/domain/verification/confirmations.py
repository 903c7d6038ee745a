"""The experiment that confirms a set of changes: its plan, from what is known beforehand."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

from tasks.domain.candidates import SOONER_KINDS, STOPPING_KINDS
from tasks.domain.canonical import digest
from tasks.domain.verification.experiments.estimates import margin
from tasks.domain.verification.experiments.plans import (
    GREEN,
    HEALTHY,
    INTERRUPTED,
    MEMORY,
    STOP,
    Benefit,
    Guard,
    Plan,
)
from tasks.domain.verification.experiments.power import Foresight, foresee, win_chance

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tasks.domain.verification.experiments.judgement import Sample

# Without a user's own margin: what nobody would notice on a host.
USUAL_MARGIN = 0.10
_STARTUP = "startup"  # the user's margin of both times of a start
QUICK_PAIRS, FULL_PAIRS = 12, 30
NOISE_STARTS = {True: 3, False: 6}  # by --quick; of the platform as it is
HALF = 0.5  # of the time to stop, where signals were lost
EFFECT = 0.10  # the improvement whose chance to be seen is told beforehand


@dataclass(frozen=True, slots=True)
class Noise:
    """Starts of the platform as it is, against each other: what a change must stand out from."""

    samples: tuple[Sample, ...] = ()
    reason: str = ""  # why there are none

    def log_ratios(self, measure: str) -> list[float]:
        """Give the logarithms of the ratios of neighbouring starts."""
        values = [each.measures[measure] for each in self.samples]
        return [log(late) - log(early) for early, late in pairwise(values)]

    def spread(self, measure: str) -> float:
        """Give the standard deviation of a pair's log ratio."""
        found = self.log_ratios(measure)
        return statistics.fmean(each * each for each in found) ** 0.5 if found else 0.0


def plan_for(  # noqa: PLR0913  # each is known from elsewhere
    kept: tuple[str, ...],
    noise: Noise,
    margins: Mapping[str, float],
    run: str,
    *,
    quick: bool,
    kinds: Collection[str],
) -> Plan:
    """Plan the confirmation of ``kept``, which are of these ``kinds`` and stand or fall together.

    Only if one of them says that the platform starts sooner, that is claimed; else no start may be
    later by more than the margin. Where one lets signals through, half the time to stop is claimed
    beside. A margin is the user's, else the usual one; where the noise alone shows more, that is
    the margin.
    """
    sooner = any(each in SOONER_KINDS for each in kinds)
    pairs = QUICK_PAIRS if quick else FULL_PAIRS
    seed = digest([run, kept])[:16]

    def allowed(measure: str, setting: str) -> float:
        same = noise.log_ratios(measure)
        noisy = margin(same, pairs, int(seed[:8], 16)) if same else 0.0
        return max(margins.get(setting, USUAL_MARGIN), noisy)

    benefits = (Benefit("working sooner", GREEN), Benefit("healthy sooner", HEALTHY))
    times = (
        Guard("working as soon", GREEN, allowed(GREEN, _STARTUP)),
        Guard("healthy as soon", HEALTHY, allowed(HEALTHY, _STARTUP)),
    )
    return Plan(
        f"set-{digest(kept)[:8]}",
        kept,
        benefits if sooner else (),
        (Guard("memory", MEMORY, allowed(MEMORY, MEMORY)), *(() if sooner else times)),
        seed,
        most_pairs=pairs,
        exclusions=(INTERRUPTED,),
        beside=_beside(kinds),
    )


def _beside(kinds: Collection[str]) -> tuple[Benefit, ...]:
    """Claim half the time to stop where a change lets the signal through."""
    stopping = any(each in STOPPING_KINDS for each in kinds)
    return (Benefit("stopping in half the time", STOP, HALF),) if stopping else ()


def foresight(plan: Plan, noise: Noise, effect: float = EFFECT) -> Foresight:
    """Say beforehand how likely an improvement of ``effect`` would be seen.

    Where none is claimed: how likely it is seen that nothing starts later than its margin, if
    nothing does.
    """
    later = next((each.margin for each in plan.guards if each.measure == GREEN), None)
    if later is None:
        win = win_chance(effect, noise.spread(GREEN))
        return foresee(win, len(plan.benefits) / plan.alpha, plan.most_pairs)
    win = win_chance(0.0, noise.spread(GREEN), least=-later)
    return foresee(win, 1 / plan.alpha, plan.most_pairs)
