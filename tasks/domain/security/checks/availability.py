"""Whether one lost container is a lost service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit
from tasks.domain.security.checks.parts import INNER_PORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.model import Platform, Service
    from tasks.domain.platform.nodes import Place

SCALERS = frozenset({"HorizontalPodAutoscaler", "ScaledObject"})


def single_replica(platform: Platform) -> Iterator[Hit]:
    """Find Deployments of one replica that others reach.

    A store is left out, because a second copy of it is a design of its own, and
    so is one that an autoscaler aims at, or that has one by the same name.
    """
    scaled = {each.name for each in platform.objects if each.kind in SCALERS}
    scaled |= {each.target for each in platform.cluster.autoscalers}
    reached: dict[str, set[int]] = {}  # by which ports of theirs
    for endpoint in platform.endpoints:
        for name in endpoint.targets:
            reached.setdefault(name, set()).update(port.container for port in endpoint.ports)
    for service in platform.services:
        replicas = service.replicas
        if service.kind != "Deployment" or service.name not in reached:
            continue
        if service.name in scaled or _stores(service, reached[service.name]):
            continue
        if replicas is None or replicas.value == 1:
            place, path = (replicas.place, replicas.path) if replicas else _named(service)
            yield Hit(service.name, place, path)


def _stores(service: Service, reached: set[int]) -> bool:
    """Tell whether this keeps data: by a claim, or by the port it is known for."""
    ports = reached | {port.container for each in service.containers for port in each.ports}
    claims = any(mount.kind == "claim" for each in service.containers for mount in each.mounts)
    return claims or bool(ports & set(INNER_PORTS))


def _named(service: Service) -> tuple[Place, str]:
    return service.place, service.path
