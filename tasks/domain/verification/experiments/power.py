"""What an experiment can see: said before it runs."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from statistics import NormalDist

from tasks.domain.verification.experiments.sequential import sign_evidence

USUAL = 0.8


@dataclass(frozen=True, slots=True)
class Foresight:
    """Chance to see an effect within the plan's pairs, and pairs until the usual chance."""

    chance: float
    pairs: int | None  # None: not within the cap


def win_chance(effect: float, spread: float, least: float = 0.0) -> float:
    """Return the chance that a pair speaks for the claim "better by ``least``".

    ``effect`` is the true improvement (0.1: to 90 %); ``spread`` is the standard deviation of
    the logarithm of a pair's ratio, as A/A pairs showed it, taken for normal.
    """
    distance = log(1 - least) - log(1 - effect)
    return NormalDist().cdf(distance / spread) if spread > 0 else float(distance > 0)


def foresee(win: float, threshold: float, most_pairs: int, usual: float = USUAL) -> Foresight:
    """Compute exactly how likely the evidence reaches ``threshold``, pair by pair.

    All sequences of signs are followed at once, by their number of wins: no simulation.
    """
    alive = {0: 1.0}
    seen, enough = 0.0, None
    for pairs in range(1, most_pairs + 1):
        following: dict[int, float] = {}
        for wins, chance in alive.items():
            following[wins + 1] = following.get(wins + 1, 0.0) + chance * win
            following[wins] = following.get(wins, 0.0) + chance * (1 - win)
        done = {wins for wins in following if sign_evidence(wins, pairs) >= threshold}
        seen += sum(following[wins] for wins in done)
        alive = {wins: chance for wins, chance in following.items() if wins not in done}
        if enough is None and seen >= usual:
            enough = pairs
    return Foresight(min(seen, 1.0), enough)
