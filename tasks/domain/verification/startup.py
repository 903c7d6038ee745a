"""What one start of a copy shows of its health checks, and of those who wait for them.

Some lie, some look too late, and some are waited for although nobody knows whether they must be.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from tasks.domain.assess import finding_of
from tasks.domain.candidates import CHANCY_KINDS
from tasks.domain.findings import MEASURED, Hit
from tasks.domain.security.checks.health import DEFAULT_INTERVAL, gates
from tasks.domain.security.checks.parts import listed
from tasks.domain.verification.starts import HEALTHY, Moments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.containers import HealthProbe
    from tasks.domain.platform.model import Platform
    from tasks.domain.verification.experiments.judgement import Sample

_EARLY = "depends-without-health"
LIES, UNFITTED, HELD_BACK, _ = MEASURED
_OF_STARTS = (LIES, UNFITTED, HELD_BACK)
# Below this nobody would gain by looking more often: Compose itself looks twice a second.
WORTH_SECONDS = 0.5
# A service is looked at four times while it comes up, and has four times as long as it took.
_LOOKS, _PATIENCE = 4, 4
_LEAST_MS, _MOST_MS, _STEP_MS = 250, 500, 50  # Compose looks no more often than the most
_LEAST_PERIOD = 10


def measured_findings(
    platform: Platform,
    moments: Sequence[Moments],
    early: Sequence[Moments] = (),
    *,
    waits: bool = False,
) -> tuple[Finding, ...]:
    """Find health checks that said yes too early, and those that said it too late.

    ``early`` are moments of a start in which checks were asked without a pause: there a check
    may lie that a slow interval covers. With ``waits``, also who was held back meanwhile.
    """
    known = {each.service: each for each in moments}
    cases = (("early", early), ("seen", moments))  # what the platform itself showed counts more
    lies = {one.service: (case, one) for case, of in cases for one in of if one.dishonest}
    probes = {
        s.name: p for s in platform.services for c in s.containers for p in _written(c.probes)
    }
    hits = [
        *_lies(probes, lies),
        *_unfitted(platform, probes, known),
        *(_held_back(platform, known) if waits else ()),
    ]
    return tuple(finding_of(check, hit) for check, hit in hits)


def _written(probes: Sequence[HealthProbe]) -> Iterator[HealthProbe]:
    yield from (each for each in probes if each.kind == "health" and not each.disabled)


def _lies(
    probes: dict[str, HealthProbe], lies: dict[str, tuple[str, Moments]]
) -> Iterator[tuple[str, Hit]]:
    for name, probe in probes.items():
        case, one = lies.get(name, ("", None))
        if one is None or one.started is None:
            continue
        facts = {
            "case": case,
            "healthy": f"{(one.healthy or 0.0) - one.started:.1f}",
            "answered": f"{(one.ready or 0.0) - one.started:.1f}",
        }
        yield LIES, Hit(name, probe.place, probe.path, facts)


def _unfitted(
    platform: Platform, probes: dict[str, HealthProbe], known: dict[str, Moments]
) -> Iterator[tuple[str, Hit]]:
    waiting = gates(platform)
    for name, probe in probes.items():
        one = known.get(name)
        if name not in waiting or one is None or one.dishonest:
            continue
        if one.started is None or one.ready is None or one.healthy is None:
            continue
        if one.healthy - one.ready < WORTH_SECONDS:
            continue
        # Who shares the lines of one check shares their values.
        sharing = [known[n] for n, p in probes.items() if p.place == probe.place and n in known]
        fit = _fit([_readiness(each) for each in sharing])
        if _looks_often(probe, one, fit):
            continue  # whatever it waited for then, it was not the next look
        facts = {
            "answered": f"{one.ready - one.started:.1f}",
            "waited": f"{one.healthy - one.ready:.1f}",
            "waiting": listed(tuple(waiting[name])),
            "every": f"{fit.every}ms",
            "period": f"{fit.period}s",
        }
        yield UNFITTED, Hit(name, probe.place, probe.path, facts)


def _held_back(platform: Platform, known: dict[str, Moments]) -> Iterator[tuple[str, Hit]]:
    """Find who was let start by another's health, although its process was there long before."""
    for service in platform.services:
        own = known.get(service.name)
        for each in service.depends_on:
            other = known.get(each.target)
            if each.condition != HEALTHY or own is None or other is None:
                continue
            if other.started is None or other.healthy is None or own.started is None:
                continue
            waited = other.healthy - other.started
            if waited >= WORTH_SECONDS:
                facts = {"target": each.target, "waited": f"{waited:.1f}"}
                yield HELD_BACK, Hit(service.name, each.place, each.path, facts)


def foregone(
    after: Iterable[Finding], chosen: Iterable[Candidate], before: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Leave out what ``chosen`` changes bring on purpose, unless it was there ``before``.

    The files alone say of a service that starts with a process that it should wait for health;
    the starts have shown that it need not.
    """
    freed = {n for c in chosen if c.kind in CHANCY_KINDS for n in c.subject.split(", ")}
    known = {each.id for each in before}
    return tuple(
        each
        for each in after
        if each.check != _EARLY or each.subject not in freed or each.id in known
    )


def still_there(findings: Iterable[Finding], samples: Sequence[Sample]) -> tuple[Finding, ...]:
    """Name those of ``findings`` that starts with the changes still show, more often than not."""
    starts = [_moments(each) for each in samples]
    return tuple(each for each in findings if each.check in _OF_STARTS and _shown(each, starts))


def _moments(sample: Sample) -> dict[str, Moments]:
    told: Any = sample.raw.get("start", {}).get("moments", ())
    return {each["service"]: Moments(**each) for each in told}


def _shown(finding: Finding, starts: Sequence[dict[str, Moments]]) -> bool:
    """Without a start to look at, nothing is closed; half of the former wait is no longer one."""
    seen = [each[finding.subject] for each in starts if finding.subject in each]
    if not seen:
        return True
    if finding.check == HELD_BACK:
        return any(each.needs.get(finding.facts["target"]) == HEALTHY for each in seen)
    if finding.check == LIES:
        return 2 * sum(each.dishonest for each in seen) > len(seen)
    waits = [(m.healthy or 0.0) - (m.ready or 0.0) for m in seen]
    return statistics.median(waits) > max(WORTH_SECONDS, float(finding.facts["waited"]) / 2)


def _readiness(one: Moments) -> float:
    if one.started is None or one.ready is None:
        return 0.0
    return max(0.0, one.ready - one.started)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How often to look while a service starts, and for how long."""

    every: int  # milliseconds
    period: int  # seconds


def _fit(readiness: Sequence[float]) -> _Fit:
    """Fit how often to look, and how long, to how soon services were ready."""
    each = 1000 * min(readiness) / _LOOKS
    every = min(_MOST_MS, max(_LEAST_MS, _STEP_MS * round(each / _STEP_MS)))
    return _Fit(every, max(_LEAST_PERIOD, ceil(_PATIENCE * max(readiness))))


def _looks_often(probe: HealthProbe, one: Moments, fit: _Fit) -> bool:
    """Tell whether a check looks as often as it should already, until the service was up.

    What such a check waits for is the service, or the check's own command.
    """
    took = (one.healthy or 0.0) - (one.started or 0.0)
    often = probe.start_interval if (probe.start_period or 0.0) >= took else None
    return 1000 * (often or probe.interval or DEFAULT_INTERVAL) <= fit.every
