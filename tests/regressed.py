"""Earlier starts and starts of now, as an honest programme would have them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.canonical import digest
from tasks.domain.verification.experiments.judgement import Sample
from tasks.domain.verification.experiments.plans import Arm
from tasks.domain.verification.regressions.judging import Lookback
from tasks.domain.verification.regressions.watches import PLAN, Budget, Former, watch_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.domain.verification.regressions.watches import Watch

HERE = {"protocol": "1", "engine": "26.1.5", "processor": "x", "processors": 2}
IMAGES = {"images": {"web": "sha256:1", "db": "sha256:2"}}
THEN = (10.0, 10.4, 9.8, 10.1, 10.2, 9.9)
SLOWER = 1.3


def start(
    position: int,
    seconds: float,
    plan: str = "noise",
    conditions: Mapping[str, object] | None = None,
) -> Sample:
    """Give one start: both times go with ``seconds``, memory and processor time stay."""
    measures = {"green": seconds, "healthy": seconds + 1, "memory": 1e8, "cpu": 2.0}
    told = HERE | IMAGES if conditions is None else conditions
    raw = {"plan": plan, "position": position, "measures": measures, "conditions": told}
    return Sample(position, Arm.BEFORE, measures, 1.0 + position, "", (digest(raw),), raw)


def starts(seconds: Sequence[float], plan: str = "noise", **more: object) -> tuple[Sample, ...]:
    return tuple(start(n, s, plan, **more) for n, s in enumerate(seconds, 1))  # type: ignore[arg-type]  # fields by name


def watch(then: Sequence[float] = THEN, *, quick: bool = False) -> Watch:
    return watch_for(Former("run-0", starts(then)), {}, Budget(), quick=quick)


def lookback(now: float = SLOWER, again: float | None = SLOWER, *, quick: bool = False) -> Lookback:
    """Give both looks: starts of now take ``now`` times as long, the fresh ones ``again`` times."""
    made = watch(quick=quick)
    fresh = [THEN[n % len(THEN)] * (again or 0) for n in range(made.second if again else 0)]
    early = [each * now for each in THEN[: made.first]]
    return Lookback(made, starts(early), starts(fresh, PLAN))


def on(found: Lookback, **conditions: object) -> Lookback:
    """Let the starts of now be measured under other ``conditions``."""
    other = starts([s.measures["green"] for s in found.now], conditions=HERE | conditions)
    return replace(found, now=other)
