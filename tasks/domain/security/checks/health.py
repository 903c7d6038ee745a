"""Whether anybody notices that a service is not ready, and how long starting waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit, Severity
from tasks.domain.security.checks.built import image_health
from tasks.domain.security.checks.parts import ENDING, Part, listed, needed, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.containers import Container, HealthProbe
    from tasks.domain.platform.model import Dependency, Platform

DEFAULT_INTERVAL = 30.0  # seconds; Docker's, when a health check states none
SLOW_INTERVAL = 5.0  # seconds; the median of public Compose files, by our census


def no_health_check(platform: Platform) -> Iterator[Hit]:
    """Find containers of which nothing says when they are ready.

    In a pod a liveness probe alone is not enough for one that receives
    requests: traffic comes before it is ready. A pod that nobody reaches is a
    smaller matter; in Compose every service can be reached by its name.
    Kubernetes ignores the image's own health check.
    """
    reachable = _reachable(platform)
    finishing = _waiting(platform, "service_completed_successfully")
    for part in parts(platform, "main"):
        if part.service.kind in ENDING or part.service.name in finishing:
            continue
        kinds = {probe.kind for probe in part.container.probes if not probe.disabled}
        reached = part.service.kind == "Compose" or part.service.name in reachable
        if _sufficient(kinds, reached=reached) or _image_checks(platform, part):
            continue
        facts = {"case": "readiness" if kinds else "none"}
        milder = None if reached else Severity.LOW
        yield Hit(part.subject, part.container.place, part.container.path, facts, milder)


def never_restarted(platform: Platform) -> Iterator[Hit]:
    """Find containers that nobody restarts when they hang.

    In a pod that may be restarted only. A start-up probe ends with the start,
    and a readiness probe takes the pod out of service without mending it.
    """
    for part in parts(platform, "main"):
        restart = part.service.restart
        ends = part.service.kind in ENDING or (restart is not None and restart.value != "Always")
        watched = any(p.kind == "liveness" and not p.disabled for p in part.container.probes)
        if not ends and not watched:
            case = "routed" if any(p.kind == "readiness" for p in part.container.probes) else "none"
            yield Hit(part.subject, part.container.place, part.container.path, {"case": case})


def slow_start_gate(platform: Platform) -> Iterator[Hit]:
    """Find health checks that others wait for, and that look too seldom while starting.

    The first look comes a whole interval after the start, whatever the service
    needs. ``start_interval`` looks more often, but only within ``start_period``.
    """
    waited_for = gates(platform)
    for service in platform.services:
        for container in service.containers if service.name in waited_for else ():
            probe = _health(platform, container)
            if probe is None or probe.disabled or not _slow(probe):
                continue
            facts = {
                "case": "useless" if probe.start_interval is not None else "unset",
                "interval": f"{probe.interval or DEFAULT_INTERVAL:g}",
                "waiting": listed(tuple(waited_for[service.name])),
            }
            yield Hit(service.name, probe.place, probe.path, facts)


def waits_for_process_only(platform: Platform) -> Iterator[Hit]:
    """Find services that wait for a process although it could tell when it is ready.

    Where the needed service has no health check, that is the finding.
    """
    healthy = {
        service.name
        for service in platform.services
        if any(_checked(platform, container) for container in service.containers)
    }
    for service in platform.services:
        early = [each for each in service.depends_on if _early(each) and each.target in healthy]
        if early:
            facts = {"targets": listed(tuple(dict.fromkeys(each.target for each in early)))}
            yield Hit(service.name, early[0].place, early[0].path, facts)


def _early(dependency: Dependency) -> bool:
    return dependency.kind == "depends_on" and dependency.condition == "service_started"


def _sufficient(kinds: set[str], *, reached: bool) -> bool:
    if "health" in kinds or "readiness" in kinds:
        return True
    return bool(kinds) and not reached


def _reachable(platform: Platform) -> set[str]:
    """Name the services that receive requests, or that others wait for."""
    fronted = {name for endpoint in platform.endpoints for name in endpoint.targets}
    published = {
        part.service.name
        for part in parts(platform)
        if any(port.host is not None for port in part.container.ports)
    }
    return fronted | published | set(needed(platform))


def gates(platform: Platform) -> dict[str, dict[str, None]]:
    """Map each service whose health others wait for to those others."""
    return _waiting(platform, "service_healthy")


def _waiting(platform: Platform, condition: str) -> dict[str, dict[str, None]]:
    """Map each service that others wait for under ``condition`` to those others."""
    found: dict[str, dict[str, None]] = {}
    for service in platform.services:
        for each in service.depends_on:
            if each.condition == condition:
                found.setdefault(each.target, {})[service.name] = None
    return found


def _image_checks(platform: Platform, part: Part) -> bool:
    own = image_health(platform, part.container) if part.service.kind == "Compose" else None
    switched_off = any(probe.disabled for probe in part.container.probes)
    return own is not None and not own.disabled and not switched_off


def _health(platform: Platform, container: Container) -> HealthProbe | None:
    written = next((probe for probe in container.probes if probe.kind == "health"), None)
    return written or image_health(platform, container)


def _checked(platform: Platform, container: Container) -> bool:
    probe = _health(platform, container)
    return probe is not None and not probe.disabled


def _slow(probe: HealthProbe) -> bool:
    interval = probe.interval or DEFAULT_INTERVAL
    quick = probe.start_interval is not None and (probe.start_period or 0) > 0
    return interval >= SLOW_INTERVAL and not (
        quick and (probe.start_interval or DEFAULT_INTERVAL) < SLOW_INTERVAL
    )
