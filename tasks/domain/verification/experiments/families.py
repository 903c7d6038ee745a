"""Several claims at once: who may be believed, and what kind of error is controlled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def e_holm(evidence: Mapping[str, float], alpha: float) -> frozenset[str]:
    """Return the claims that hold with family-wise error ``alpha``, however they depend.

    Holm's step-down (Scand. J. Statist. 6 (1979) 65) on the p-values 1/e: the strongest of m
    claims must reach m/alpha, the next (m - 1)/alpha, and so on until one fails.
    """
    held: list[str] = []
    for claim in sorted(evidence, key=lambda each: (-evidence[each], each)):
        if evidence[claim] < (len(evidence) - len(held)) / alpha:
            break
        held.append(claim)
    return frozenset(held)


def holm(p_values: Mapping[str, float], alpha: float) -> frozenset[str]:
    """Return the claims that hold with family-wise error ``alpha`` (Holm, as above)."""
    held: list[str] = []
    for claim in sorted(p_values, key=lambda each: (p_values[each], each)):
        if p_values[claim] > alpha / (len(p_values) - len(held)):
            break
        held.append(claim)
    return frozenset(held)


def e_bh(evidence: Mapping[str, float], rate: float) -> frozenset[str]:
    """Return a list of claims with false discovery rate ``rate``, however they depend.

    For screening only: of what is listed, the share ``rate`` is expected to be wrong
    (Wang, Ramdas, J. R. Statist. Soc. B 84 (2022) 822).
    """
    ordered = sorted(evidence, key=lambda each: (-evidence[each], each))
    total = len(ordered)
    passing = [k for k, each in enumerate(ordered, 1) if k * evidence[each] >= total / rate]
    return frozenset(ordered[: max(passing, default=0)])


def all_of(evidence: Mapping[str, float], alpha: float) -> bool:
    """Tell whether every demand is shown (intersection-union: no correction is needed).

    Accepting although one demand is broken means to be wrong on that one: at most alpha.
    """
    return all(each >= 1 / alpha for each in evidence.values())
