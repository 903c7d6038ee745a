"""Latencies: from the moment at which a request was due, not at which it got away."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass
from math import ceil, exp
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    Floats: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

QUANTILES = (0.5, 0.9, 0.99, 0.999)
TAIL = 0.99
# The bootstrap of the tail: pieces of a load that may differ from each other, and its rounds.
_PIECES, _ROUNDS, _CONFIDENCE = 20, 500, 0.95
# A quantile needs some observations beyond it, or it is only the largest one.
_BEYOND = 5
# A generator that is later than this is measured itself.
MOST_LATE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Shot:
    """One request: when it was due, sent and answered, in seconds; ``fault`` if it failed."""

    due: float
    sent: float
    answered: float
    fault: str = ""

    @property
    def latency(self) -> float:
        """Seconds that a user waits who came when the request was due."""
        return self.answered - self.due


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of one load. A quantile that too few requests could show is None."""

    offered: float  # requests a second
    throughput: float  # good answers a second
    errors: int
    requests: int
    quantiles: Mapping[float, float | None]  # seconds
    late: float  # seconds by which the generator itself was behind, at its 99th percentile
    noise: float | None = None  # by which share the tails of two such loads differ by themselves

    @property
    def trusted(self) -> bool:
        """False when the generator could not keep its own pace: then it measured itself."""
        return self.late <= MOST_LATE_SECONDS


@dataclass(frozen=True, slots=True)
class Borne:
    """What a service made of the load of one probe."""

    probe: str
    service: str
    found: Summary


def summarise(shots: Sequence[Shot]) -> Summary:
    """Summarise the shots of one load.

    A failed request counts as an error and its waiting counts too: users waited for it.

    Raises:
        ValueError: there is no shot.
    """
    if not shots:
        msg = "A load without a request says nothing."
        raise ValueError(msg)
    waits = sorted(shot.latency for shot in shots)
    late = sorted(shot.sent - shot.due for shot in shots)
    first, last = min(s.due for s in shots), max(s.due for s in shots)
    ended = max(s.answered for s in shots)
    good = sum(not shot.fault for shot in shots)
    return Summary(
        offered=len(shots) / max(last - first, 1e-9),
        throughput=good / max(ended - first, 1e-9),
        errors=len(shots) - good,
        requests=len(shots),
        quantiles={share: quantile(waits, share) for share in QUANTILES},
        late=late[min(len(late) - 1, ceil(0.99 * len(late)) - 1)],
        noise=tail_noise([shot.latency for shot in sorted(shots, key=lambda each: each.due)]),
    )


def tail_noise(waits: Sequence[float], seed: int = 0) -> float | None:
    """Say by how much the wait of 99 % differs between two loads like this one, by itself.

    ``waits`` are seconds, in the order in which they were due. Two loads are drawn from its
    pieces, again and again (block bootstrap: Kunsch, 1989, because neighbours are alike); the
    larger of their tails exceeds the smaller by no more than the returned share in 95 % of
    the draws. None when too few requests lie beyond the tail, or nobody waited.
    """
    if quantile(sorted(waits), TAIL) is None or min(waits) <= 0:
        return None
    pieces = np.array_split(np.asarray(waits), _PIECES)
    drawn = np.random.default_rng(seed).integers(_PIECES, size=(_ROUNDS, 2, _PIECES))
    tails = [[_tail(pieces, load) for load in both] for both in drawn]
    differences = np.abs(np.diff(np.log(tails), axis=1))
    return exp(float(np.quantile(differences, _CONFIDENCE))) - 1


def _tail(pieces: Sequence[Floats], chosen: Iterable[int]) -> float:
    waits = np.concatenate([pieces[each] for each in chosen])
    at = ceil(TAIL * len(waits)) - 1
    return float(np.partition(waits, at)[at])


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least ``share`` of all do not exceed.

    None when fewer than five lie beyond it.
    """
    if len(ordered) * (1 - share) < _BEYOND - 1e-9:
        return None
    return ordered[ceil(share * len(ordered) - 1e-9) - 1]
