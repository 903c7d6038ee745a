"""Sizing: requests and limits from measured use, with the usual rule and its cost beside ours.

Memory is not given back under pressure: a limit below what is used once kills. So the peak of
a load run counts, plus what the peaks of its windows vary by. CPU is shared and only
slows: requests follow what is used nearly always; a limit leaves room for bursts, and
for a start, which is work that no watch of a running service sees.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MEBIBYTE = 1 << 20
_WINDOWS = 10
_LEAST_SAMPLES = 60  # a minute at one a second: less shows no burst
_LEAST_MEMORY = 16 * MEBIBYTE
_LEAST_CPU = 0.02
_STEP_CPU = 0.01  # a hundredth of a core
_HEADROOM = 1.1  # over the worst that was seen, for what a longer run would show
_BURST = 2.0
_LEAST_BURST = 1.0  # most programs start on one processor: with less of it they start later
_USUAL_SHARE = 0.95
_USUAL_MEMORY = 1.15
HOURS_A_MONTH = 730.0


@dataclass(frozen=True, slots=True)
class Size:
    """What a container asks for and may use at most: bytes, and cores."""

    memory_request: int
    memory_limit: int
    cpu_request: float
    cpu_limit: float | None  # None: as much as is free


@dataclass(frozen=True, slots=True)
class Prices:
    """What is paid for requested resources, an hour, in the currency of the price file."""

    core_hour: float
    gibibyte_hour: float


class TooShortError(Exception):
    """The use was not watched for long enough to size anything by it."""


def size(memory: Sequence[int], cores: Sequence[float]) -> Size:
    """Propose a size from use under load, sampled evenly over one run.

    Raises:
        TooShortError: fewer than sixty samples.
    """
    _long_enough(memory, cores)
    peaks = [max(window) for window in _windows(memory)]
    worst = max(peaks) + 2 * statistics.pstdev(peaks)
    limit = max(_whole(worst * _HEADROOM), _LEAST_MEMORY)
    request = max(_whole(statistics.median(peaks) * _HEADROOM), _LEAST_MEMORY)
    usual = max(_hundredths(_quantile(cores, _USUAL_SHARE)), _LEAST_CPU)
    burst = max(worst_cores(cores), _hundredths(usual * _BURST), _LEAST_BURST)
    return Size(min(request, limit), limit, usual, burst)


def worst_cores(cores: Sequence[float]) -> float:
    """Return what the most that was used needs: a limit below it would have slowed it."""
    return _hundredths(max(cores) * _HEADROOM)


def usual(memory: Sequence[int], cores: Sequence[float]) -> Size:
    """Size by the rule that most tools follow: p95 of the cores, the memory's maximum and 15 %.

    Raises:
        TooShortError: fewer than sixty samples.
    """
    _long_enough(memory, cores)
    whole = _whole(max(memory) * _USUAL_MEMORY)
    return Size(whole, whole, _hundredths(_quantile(cores, _USUAL_SHARE)), None)


def killed(size_: Size, memory: Sequence[int]) -> int:
    """Count the samples of another run that this limit would not have survived."""
    return sum(used > size_.memory_limit for used in memory)


def throttled(size_: Size, cores: Sequence[float]) -> float:
    """Return the share of another run's samples that this limit would have slowed."""
    if size_.cpu_limit is None or not cores:
        return 0.0
    return sum(used > size_.cpu_limit for used in cores) / len(cores)


def month(size_: Size, prices: Prices, replicas: int = 1) -> float:
    """Return what the requests cost in a month of 730 hours."""
    memory = size_.memory_request / (1 << 30) * prices.gibibyte_hour
    return (size_.cpu_request * prices.core_hour + memory) * HOURS_A_MONTH * replicas


def saved(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """Return the share that a platform's month costs less (the operating-cost KPI).

    Services that are not in both are left out: nothing is saved by forgetting them.

    Raises:
        ValueError: no service is priced in both.
    """
    both = before.keys() & after.keys()
    if not both or not (total := sum(before[name] for name in both)):
        msg = "No service is priced before and after."
        raise ValueError(msg)
    return 1 - sum(after[name] for name in both) / total


def _long_enough(memory: Sequence[int], cores: Sequence[float]) -> None:
    if min(len(memory), len(cores)) < _LEAST_SAMPLES:
        msg = f"{min(len(memory), len(cores))} samples of use, and sizing needs {_LEAST_SAMPLES}"
        raise TooShortError(msg)


def _windows(values: Sequence[int]) -> list[tuple[int, ...]]:
    length = ceil(len(values) / _WINDOWS)
    return [tuple(values[start : start + length]) for start in range(0, len(values), length)]


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[ceil(share * len(ordered) - 1e-9) - 1]


def _whole(size_bytes: float) -> int:
    """Round up to whole mebibytes."""
    return ceil(size_bytes / MEBIBYTE - 1e-9) * MEBIBYTE


def _hundredths(cores: float) -> float:
    return round(ceil(cores / _STEP_CPU - 1e-9) * _STEP_CPU, 2)
