"""Evidence that may be looked at after every pair: e-processes over signs.

``x`` is the logarithm of a pair's ratio after/before, less that of the bound which is
tested. Under the null hypothesis (the median ratio is not below the bound) a negative sign
has at most an even chance, whatever the distribution, because chance orders each pair.

The wager on signs mixes all probabilities above one half by Jeffreys' prior, cut off there
(Robbins, Ann. Math. Statist. 41 (1970) 1397; Ramdas, Grunwald, Vovk, Shafer, Statist. Sci.
38 (2023) 576). Each factor has mean at most one under the null, so the product is a
supermartingale and exceeds 1/alpha at *any* time with probability at most alpha (Ville).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from math import exp, lgamma, log, pi
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HALF = 0.5
# Equal figures differ by this when they were multiplied and their logarithms taken.
_TIE = 1e-12


@lru_cache(maxsize=4096)
def sign_evidence(wins: int, pairs: int) -> float:
    """Return the e-value of ``wins`` negative signs in ``pairs`` pairs.

    Raises:
        ValueError: more wins than pairs, or fewer than none.
    """
    if not 0 <= wins <= pairs:
        msg = f"{wins} wins in {pairs} pairs"
        raise ValueError(msg)
    # Loaded here: runs that measure nothing need not wait for the library.
    from scipy.special import betainc  # noqa: PLC0415  # the regularised incomplete beta function

    a, b = wins + _HALF, pairs - wins + _HALF
    both_sides = pairs * log(2) + lgamma(a) + lgamma(b) - lgamma(pairs + 1) - log(pi)
    upper_half = 2 * float(betainc(b, a, _HALF))
    return exp(both_sides) * upper_half


def process(differences: Iterable[float], bound: float) -> list[float]:
    """Return the running maximum of the e-value for "the median is below ``bound``".

    ``differences`` and ``bound`` are logarithms of ratios. A tie counts against the claim,
    also one that rounding hides.
    """
    evidence = []
    wins = 0
    for pairs, each in enumerate(differences, start=1):
        wins += each < bound - _TIE
        evidence.append(sign_evidence(wins, pairs))
    return list(accumulate(evidence, max))


def interval(differences: Sequence[float], alpha: float) -> tuple[float, float]:
    """Return bounds of the median that hold at all times at once, with 1 - alpha.

    A bound is given up when the signs around it speak against it with 2/alpha on one side.
    Without enough pairs a side is infinite.
    """
    low, high = float("-inf"), float("inf")
    for pairs in range(1, len(differences) + 1):
        ordered = sorted(differences[:pairs])
        needed = _wins_needed(pairs, 2 / alpha)
        if needed is not None:
            high = min(high, ordered[needed - 1])
            low = max(low, ordered[pairs - needed])
    return low, high


@lru_cache(maxsize=4096)
def _wins_needed(pairs: int, threshold: float) -> int | None:
    """Return the fewest wins in ``pairs`` whose evidence reaches ``threshold``, if any do."""
    return next((k for k in range(pairs + 1) if sign_evidence(k, pairs) >= threshold), None)
