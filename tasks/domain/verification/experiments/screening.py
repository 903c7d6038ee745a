"""Screening: which of many candidates look promising, when every start informs about all.

In each pair of starts a fair coin says for every candidate whether it is on in the first or in the
second one: the second start has exactly the others. When a candidate does nothing, its coin is
independent of the pair's difference, whatever all the others do, so the sign of "on minus off" is
even: the same wager on signs applies, exactly. What the others do is noise; so what earlier pairs
tell of them is subtracted first, which leaves the coin of this pair independent.

A list of screening says "false discovery rate", and chooses what the confirmation is about;
none of its samples may serve there.
"""

from __future__ import annotations

import hashlib
import statistics
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from tasks.domain.verification.experiments.families import e_bh
from tasks.domain.verification.experiments.sequential import process

if TYPE_CHECKING:
    from collections.abc import Sequence

    Floats: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

_RIDGE = 1.0  # as much as one pair says: estimates from few pairs stay small


@dataclass(frozen=True, slots=True)
class Screening:
    """A plan of screening. ``rate`` is the share of what is listed that may be wrong."""

    name: str
    candidates: tuple[str, ...]
    pairs: int
    seed: str
    rate: float = 0.2

    def __post_init__(self) -> None:
        """Refuse a screening of nothing.

        Raises:
            ValueError: no candidate, one twice, no pair, or a rate that is none.
        """
        once = len(set(self.candidates)) == len(self.candidates)
        if not self.candidates or not once or self.pairs < 1 or not 0 < self.rate < 1:
            msg = f"The screening {self.name} screens nothing, or the same twice."
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a candidate showed: evidence that it shrinks the measure, and by which ratio."""

    candidate: str
    evidence: float
    ratio: float
    listed: bool


def switched_on(plan: Screening, start: int) -> frozenset[str]:
    """Name the candidates that are on in ``start``, counted from 1; all others are off."""
    pair, second = divmod(start - 1, 2)
    return frozenset(c for c in plan.candidates if _heads(plan, pair, c) is not bool(second))


def screen(plan: Screening, measured: Sequence[float]) -> tuple[Promise, ...]:
    """Judge the starts' figures, in their order; the most promising candidate comes first.

    A last start without its partner is left out.

    Raises:
        ValueError: there are more starts than planned, or a figure is not above zero.
    """
    if len(measured) > 2 * plan.pairs:
        msg = f"{len(measured)} starts, and {plan.name} plans {2 * plan.pairs}"
        raise ValueError(msg)
    differences = np.array(
        [
            log(first) - log(second)
            for first, second in zip(measured[::2], measured[1::2], strict=False)
        ]
    )
    coins = np.array(
        [
            [1 if _heads(plan, n, c) else -1 for c in plan.candidates]
            for n in range(len(differences))
        ]
    ).reshape(len(differences), len(plan.candidates))
    shown = dict(zip(plan.candidates, _signed(coins, differences).T.tolist(), strict=True))
    evidence = {c: max(process(signs, 0.0), default=1.0) for c, signs in shown.items()}
    listed = e_bh(evidence, plan.rate)
    found = [
        Promise(c, evidence[c], exp(statistics.fmean(signs)) if signs else 1.0, c in listed)
        for c, signs in shown.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.evidence, each.ratio, each.candidate)))


def _signed(coins: Floats, differences: Floats) -> Floats:
    """Return "on minus off" for each pair and candidate, less what the others should do.

    Their effects are estimated from the pairs before, by ridge regression.
    """
    signed = np.empty(coins.shape)
    for pair, (coin, difference) in enumerate(zip(coins, differences, strict=True)):
        past, seen = coins[:pair], differences[:pair]
        weight = past.T @ past + _RIDGE * np.eye(coins.shape[1])
        effects = np.linalg.solve(weight, past.T @ seen)
        others = coin @ effects - coin * effects
        signed[pair] = coin * (difference - others)
    return signed


def _heads(plan: Screening, pair: int, candidate: str) -> bool:
    text = f"{plan.name}\0{plan.seed}\0{pair}\0{candidate}".encode()
    return hashlib.sha256(text).digest()[0] % 2 == 0
