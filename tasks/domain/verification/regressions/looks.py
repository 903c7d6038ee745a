"""Two looks at the same earlier starts, and how often both deceive: exact, whatever the noise.

A look counts for each pair of an earlier start and one of now whether the latter is larger, once
it is made smaller by the margin: the statistic of Mann and Whitney (Annals of Mathematical
Statistics 18, 1947), without the largest of six earlier starts, because one that was slow for once
would hide everything. If nothing is worse by more than the margin, each order of all starts is at
least as likely as in the worst case, in which all orders are equally likely. The second look has
starts of its own and the same earlier ones, so the two are not independent; their joint law is
counted over all orders, as theirs was.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import comb
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# How often a first look may be wrong for one measure: each such time costs a second look.
SUSPICION = 0.05
_SPARED = 6  # of so many earlier starts one is left out


@dataclass(frozen=True, slots=True)
class Bars:
    """What a look must count at least, and how often that happens where nothing is worse.

    ``chance`` is that of the first look, ``both`` that both looks reach their bars.
    """

    first: int
    chance: float
    second: int = 0
    both: float = 0.0


class TooFewError(Exception):
    """So few starts can never show anything at the level that is asked for."""


def count(then: Sequence[float], now: Sequence[float], margin: float) -> int:
    """Count the pairs in which ``now`` is larger than ``then`` by more than the share ``margin``.

    Equal ones do not count, so ties make a look more careful. Of six earlier starts the largest
    is left out.
    """
    heard = sorted(then)[: heard_of(len(then))]
    return sum(late > early * (1.0 + margin) for early in heard for late in now)


def heard_of(then: int) -> int:
    """Say how many of the earlier starts count, the smallest: one slow one shall not hide all."""
    return then - then // _SPARED


def bars(then: int, first: int, second: int, level: float) -> Bars:
    """Set both bars as low as `SUSPICION` and ``level`` allow; ``then`` is how many earlier starts.

    With ``second`` 0 there is no second look.

    Raises:
        TooFewError: not even the clearest outcome is rare enough.
    """
    tail = law(then, first, second)
    bar = _lowest(tail[:, 0], SUSPICION)
    chance = float(tail[bar, 0])
    if not second:
        return Bars(bar, chance)
    again = _lowest(tail[bar], level)
    return Bars(bar, chance, again, float(tail[bar, again]))


def _lowest(tail: NDArray[np.float64], level: float) -> int:
    allowed = np.flatnonzero(tail <= level)
    if not len(allowed):
        msg = "too few starts"
        raise TooFewError(msg)
    return int(allowed[0])


@lru_cache(maxsize=32)
def law(then: int, first: int, second: int) -> NDArray[np.float64]:
    """Give the chance of at least as much in both looks, by the counts of the first and second.

    All orders of earlier starts, those of the first look and those of the second are followed at
    once, start by start: an order is known by how many of each it has, and by its two counts.
    """
    heard = heard_of(then)
    shape = (heard * first + 1, heard * second + 1)
    orders: dict[tuple[int, int, int], NDArray[np.float64]] = {}
    for i, j, k in product(range(then + 1), range(first + 1), range(second + 1)):
        larger = min(i, heard)  # whoever comes next is larger than these
        found = np.zeros(shape)
        found[0, 0] = i == j == k == 0
        if i:
            found += orders.pop((i - 1, j, k))  # nobody else asks for it
        if j:
            found[larger:, :] += orders[i, j - 1, k][: shape[0] - larger, :]
        if k:
            found[:, larger:] += orders[i, j, k - 1][:, : shape[1] - larger]
        orders[i, j, k] = found
    whole = comb(then + first + second, then) * comb(first + second, first)
    tail: NDArray[np.float64] = orders[then, first, second][::-1, ::-1].cumsum(0).cumsum(1)
    tail = tail[::-1, ::-1] / whole
    tail.flags.writeable = False
    return tail
