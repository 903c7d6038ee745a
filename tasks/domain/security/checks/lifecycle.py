"""How services begin, come back and end."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from tasks.domain.findings import Hit, Severity
from tasks.domain.security.checks.built import final_stage, image_health
from tasks.domain.security.checks.dockerfiles import in_image
from tasks.domain.security.checks.parts import listed, parts
from tasks.domain.security.checks.stores import is_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.model import Dependency, Platform, Service

HURRIED = 2.0  # seconds; nobody finishes a request and closes its files in less
STORE_NEEDS = 10.0  # seconds; Docker's own patience, which stores are built for
_RETURNING = frozenset({"always", "unless-stopped", "any"})
_COMPLETED, _HEALTHY = "service_completed_successfully", "service_healthy"


def no_restart(platform: Platform) -> Iterator[Hit]:
    """Find services that stay away once they have ended.

    A written ``no`` was meant; what others wait for to end is to stay away. Where
    other services have a policy, one without may be made to end: it counts when
    something shows that it is there to answer.
    """
    finishing = {d.target for s in platform.services for d in s.depends_on if _ends(d)}
    careless = all(_silent(each) for each in platform.services if not each.partial)
    addressed = {edge.target for edge in platform.edges if edge.kind == "reference"}
    for service in platform.services:
        lasting = careless or service.name in addressed or _answers(platform, service)
        if _silent(service) and lasting and service.name not in finishing:
            yield Hit(service.name, service.place, service.path)


def gate_never_opens(platform: Platform) -> Iterator[Hit]:
    """Find waits for something that cannot happen.

    An image that we cannot look into may bring a health check of its own: only
    what is switched off, or missing down to an empty base, is known.
    """
    named = {service.name: service for service in platform.services}
    for service in platform.services:
        for each in service.depends_on:
            target = named.get(each.target)
            case = _never(platform, each, target) if target else ""
            if case:
                yield Hit(
                    service.name, each.place, each.path, {"case": case, "target": each.target}
                )


def store_not_waited_for(platform: Platform) -> Iterator[Hit]:
    """Find services that need a store, do not wait for it, and do not come back when they fail.

    An address in a file that several services load is no need of each of them.
    """
    stores = {s.name for s in platform.services if is_store(platform, s)}
    waiters = cache(partial(_reached, _waited_for_by(platform)))
    for service in platform.services:
        if _comes_back(service):
            continue
        needed = [
            variable
            for container in service.containers
            for variable in (*container.environment, *container.arguments)
            if variable.origin == "literal"
            and variable.features.refers_to in stores
            and variable.features.refers_to != service.name
        ]
        missing = [v for v in needed if service.name not in waiters(v.features.refers_to)]
        if missing:
            targets = dict.fromkeys(each.features.refers_to for each in missing)
            facts = {"targets": listed(tuple(targets))}
            yield Hit(service.name, missing[0].place, f"{service.path}.depends_on", facts)


def stops_too_soon(platform: Platform) -> Iterator[Hit]:
    """Find services that are not given the time to end in order."""
    for service in platform.services:
        signal, grace = service.stop_signal, service.grace
        if signal and signal.value.upper().removeprefix("SIG") in {"KILL", "9"}:
            yield Hit(service.name, signal.place, signal.path, {"case": "signal"}, Severity.MEDIUM)
        if grace is None:
            continue
        store = is_store(platform, service)
        if grace.value < (STORE_NEEDS if store else HURRIED):
            facts = {"case": "store" if store else "grace", "seconds": f"{grace.value:g}"}
            worse = Severity.MEDIUM if store else None
            yield Hit(service.name, grace.place, grace.path, facts, worse)
    for hit in in_image("kills-at-once")(platform):
        yield Hit(hit.subject, hit.place, hit.path, {"case": "signal"}, Severity.MEDIUM)


def unmanaged_pod(platform: Platform) -> Iterator[Hit]:
    """Find pods that nobody starts anew when their node is gone. One that ends was meant so."""
    for service in platform.services:
        ends = service.restart is not None and service.restart.value in {"Never", "OnFailure"}
        if service.managed:
            continue
        if service.kind == "Pod" and not ends:
            yield Hit(service.name, service.place, service.path, {"case": "pod"})
        elif service.kind in {"ReplicationController", "ReplicaSet"}:
            facts = {"case": "old", "kind": service.kind}
            yield Hit(service.name, service.place, service.path, facts, Severity.LOW)


def always_green(platform: Platform) -> Iterator[Hit]:
    """Find health checks that succeed whatever the service does."""
    for part in parts(platform):
        for probe in part.container.probes:
            if probe.vacuous and not probe.disabled:
                yield Hit(part.subject, probe.place, probe.path, {"kind": probe.kind})
    for path, dockerfile in sorted(platform.dockerfiles.items()):
        stage = dockerfile.stage()
        if stage and stage.health and stage.health.vacuous:
            facts = {"kind": stage.health.kind}
            yield Hit(path, stage.health.place, stage.health.path, facts)


def _silent(service: Service) -> bool:
    return service.restart is None and service.deploy_restart is None


def _answers(platform: Platform, service: Service) -> bool:
    """Tell by a port, a health check, or by what it is."""
    listens = any(each.ports or each.probes for each in service.containers)
    return listens or is_store(platform, service)


def _ends(dependency: Dependency) -> bool:
    return dependency.condition == _COMPLETED


def _comes_back(service: Service) -> bool:
    written = service.restart or service.deploy_restart
    return written is not None and written.value.partition(":")[0] in {*_RETURNING, "on-failure"}


def _never(platform: Platform, wait: Dependency, target: Service) -> str:
    if wait.condition == _COMPLETED:
        written = target.restart or target.deploy_restart
        return "endless" if written and written.value in _RETURNING else ""
    if wait.condition != _HEALTHY:
        return ""
    for container in target.containers:
        if any(probe.disabled for probe in container.probes):
            return "disabled"
        stage = final_stage(platform, container)
        bare = stage is not None and stage.base.value == "scratch"
        if bare and not container.probes and image_health(platform, container) is None:
            return "missing"
    return ""


def _waited_for_by(platform: Platform) -> dict[str, list[str]]:
    """Map each service to those that wait for it to start."""
    found: dict[str, list[str]] = {}
    for service in platform.services:
        for each in service.depends_on:
            found.setdefault(each.target, []).append(service.name)
    return found


def _reached(ways: dict[str, list[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in ways.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found
