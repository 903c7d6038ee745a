"""Latencies: from the moment at which a request was due, not at which it got away."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

QUANTILES = (0.5, 0.9, 0.99, 0.999)
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
    )


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least ``share`` of all do not exceed.

    None when fewer than five lie beyond it.
    """
    if len(ordered) * (1 - share) < _BEYOND - 1e-9:
        return None
    return ordered[ceil(share * len(ordered) - 1e-9) - 1]
