"""How sure a share is that was seen in a sample."""

from __future__ import annotations

from scipy.stats import beta

CONFIDENCE = 0.95


def clopper_pearson(successes: int, trials: int) -> tuple[float, float]:
    """Give the exact interval of a share; it is never shorter than its confidence promises."""
    tail = (1 - CONFIDENCE) / 2
    low = beta.ppf(tail, successes, trials - successes + 1) if successes else 0.0
    high = beta.ppf(1 - tail, successes + 1, trials - successes) if successes < trials else 1.0
    return float(low), float(high)


def said(successes: int, trials: int) -> str:
    """Say a share with its interval."""
    low, high = clopper_pearson(successes, trials)
    return (
        f"{successes} of {trials} ({successes / trials:.1%}; 95 % interval {low:.1%} to {high:.1%})"
    )
