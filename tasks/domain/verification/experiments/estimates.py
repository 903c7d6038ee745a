"""Figures from pairs: ratios with intervals that stay honest after early stopping."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

import numpy as np

from tasks.domain.verification.experiments.sequential import interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ROUNDS = 2000  # of the bootstrap; its own error is then below a tenth of the interval
LEAST_MARGIN = 0.02  # nobody cares about less, and clocks and schedulers are not better


@dataclass(frozen=True, slots=True)
class Ratio:
    """After/before: the median of the pairs' ratios, and an interval for it."""

    value: float
    low: float
    high: float
    pairs: int


def log_ratios(pairs: Sequence[tuple[float, float]]) -> list[float]:
    """Turn pairs (before, after) into logarithms of after/before.

    Raises:
        ValueError: a figure is not above zero.
    """
    return [log(after) - log(before) for before, after in pairs]


def ratio(differences: Sequence[float], alpha: float = 0.05) -> Ratio:
    """Estimate a median ratio; the interval holds whenever the experiment stopped."""
    low, high = interval(differences, alpha)
    return Ratio(exp(statistics.median(differences)), exp(low), exp(high), len(differences))


def over_stacks(differences: Mapping[str, Sequence[float]], alpha: float = 0.05) -> Ratio:
    """Estimate the geometric mean over stacks of the ratio of one start of each.

    The first pairs of all stacks are taken together, then the second ones, and so on, as far
    as every stack has one: each is one start of everything. Stacks may differ as they like;
    chance orders the pairs of each, so the interval is that of :func:`ratio`.
    """
    whole = [statistics.fmean(each) for each in zip(*differences.values(), strict=False)]
    return ratio(whole, alpha)


def margin(same: Sequence[float], pairs: int, seed: int, confidence: float = 0.95) -> float:
    """Set a guard's margin from A/A pairs, in advance: what ``pairs`` pairs show by noise alone.

    ``same`` are logarithms of ratios of a platform against itself. The margin is the quantile
    ``confidence`` of the absolute median of as many pairs drawn from them, at least two
    percent.

    Raises:
        ValueError: no A/A pairs: a margin cannot be guessed.
    """
    if not same:
        msg = "A margin needs A/A pairs."
        raise ValueError(msg)
    # A pair against itself is as likely the other way round.
    both = np.concatenate([np.asarray(same), -np.asarray(same)])
    drawn = np.random.default_rng(seed).choice(both, size=(_ROUNDS, pairs))
    noise = float(np.quantile(np.abs(np.median(drawn, axis=1)), confidence))
    return max(exp(noise) - 1, LEAST_MARGIN)
