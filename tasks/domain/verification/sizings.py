"""Sizes side by side: ours and the common rule, from the same use, put to what came later.

Whoever sizes by a run and asks the same run whether the size suffices is always told yes. So
each rule sees the first half of what was recorded, and its size is put to the second half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.verification.sizing import (
    Prices,
    Size,
    TooShortError,
    killed,
    month,
    size,
    throttled,
    usual,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Use:
    """What one service used, sampled evenly: bytes, and cores. All replicas are alike."""

    service: str
    memory: tuple[int, ...]
    cores: tuple[float, ...]
    replicas: int = 1


@dataclass(frozen=True, slots=True)
class Tried:
    """A size, what the second half would have suffered by it, and what a month costs."""

    size: Size
    killed: bool  # a limit of memory below what was used even once
    throttled: float  # share of the samples that a limit of cores would have slowed
    month: float | None = None  # None: there are no prices


@dataclass(frozen=True, slots=True)
class Sizing:
    """Both rules for one service, and what we propose after having seen all of it."""

    service: str
    ours: Tried
    usual: Tried
    proposed: Size


def sizings(uses: Iterable[Use], prices: Prices | None = None) -> tuple[Sizing, ...]:
    """Size every service that was watched long enough; `short` names the others."""
    return tuple(_sizing(each, prices) for each in uses if not _is_short(each))


def short(uses: Iterable[Use]) -> tuple[str, ...]:
    """Name the services that were not watched for long enough to size them."""
    return tuple(each.service for each in uses if _is_short(each))


def monthly(found: Iterable[Tried]) -> float | None:
    """Add up what a month costs; nothing without prices."""
    costs = [each.month for each in found]
    known = [each for each in costs if each is not None]
    return sum(known) if known and len(known) == len(costs) else None


def _is_short(use: Use) -> bool:
    try:
        size(use.memory[: len(use.memory) // 2], use.cores[: len(use.cores) // 2])
    except TooShortError:
        return True
    return False


def _sizing(use: Use, prices: Prices | None) -> Sizing:
    return Sizing(
        use.service,
        _tested(size, use, prices),
        _tested(usual, use, prices),
        size(use.memory, use.cores),
    )


def _tested(
    rule: Callable[[Sequence[int], Sequence[float]], Size], use: Use, prices: Prices | None
) -> Tried:
    at, other = len(use.memory) // 2, len(use.cores) // 2
    made = rule(use.memory[:at], use.cores[:other])
    return Tried(
        made,
        killed(made, use.memory[at:]) > 0,
        throttled(made, use.cores[other:]),
        month(made, prices, use.replicas) if prices else None,
    )
