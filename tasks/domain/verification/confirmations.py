"""The experiment that confirms a set of changes: its plan, from what is known beforehand."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

from tasks.domain.canonical import digest
from tasks.domain.verification.experiments.estimates import margin
from tasks.domain.verification.experiments.plans import (
    GREEN,
    HEALTHY,
    INTERRUPTED,
    MEMORY,
    Benefit,
    Guard,
    Plan,
)
from tasks.domain.verification.experiments.power import Foresight, foresee, win_chance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.verification.experiments.judgement import Sample

# Without a user's own margin: what nobody would notice on a host.
USUAL_MARGIN = 0.10
QUICK_PAIRS, FULL_PAIRS = 12, 30
NOISE_STARTS = {True: 3, False: 6}  # by --quick; of the platform as it is
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


def plan_for(
    kept: tuple[str, ...], noise: Noise, margins: Mapping[str, float], run: str, *, quick: bool
) -> Plan:
    """Plan the confirmation of ``kept``, which stand or fall together.

    The margin of memory is the user's, else the usual one; where the noise alone shows more,
    that is the margin.
    """
    pairs = QUICK_PAIRS if quick else FULL_PAIRS
    seed = digest([run, kept])[:16]
    same = noise.log_ratios(MEMORY)
    noisy = margin(same, pairs, int(seed[:8], 16)) if same else 0.0
    allowed = max(margins.get(MEMORY, USUAL_MARGIN), noisy)
    return Plan(
        f"set-{digest(kept)[:8]}",
        kept,
        (Benefit("working sooner", GREEN), Benefit("healthy sooner", HEALTHY)),
        (Guard("memory", MEMORY, allowed),),
        seed,
        most_pairs=pairs,
        exclusions=(INTERRUPTED,),
    )


def foresight(plan: Plan, noise: Noise, effect: float = EFFECT) -> Foresight:
    """Say beforehand how likely an improvement of ``effect`` would be seen."""
    win = win_chance(effect, noise.spread(GREEN))
    return foresee(win, len(plan.benefits) / plan.alpha, plan.most_pairs)
