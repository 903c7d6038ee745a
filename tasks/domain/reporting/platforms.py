"""A platform as the record that `cmi intake` and the bundle share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.reporting.records import Record, where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.containers import Container, Port
    from tasks.domain.platform.model import (
        Edge,
        Endpoint,
        Entry,
        Platform,
        Service,
    )

_LARGEST = 2**53 - 1  # RFC 8785 refuses integers that JavaScript would round


def entry(item: Entry) -> Record:
    """Record how a platform is defined."""
    return {"id": item.id, "kind": item.kind.value, "paths": list(item.paths)}


def exact(number: int) -> int:
    """Keep a number within what JSON readers hold exactly; nonsense beyond is cut off there."""
    return max(-_LARGEST, min(_LARGEST, number))


def platform(item: Platform, written: Mapping[str, object]) -> Record:
    """Record a platform, with what its files count as ``written``."""
    return {
        "entry": entry(item.entry),
        "counts": counts(item) | {"written": dict(written)},
        "services": [service(each) for each in item.services],
        "endpoints": [endpoint(each) for each in item.endpoints],
        "edges": [edge(each) for each in item.edges],
    }


def counts(item: Platform) -> Record:
    """Count what the platform consists of, as resolved."""
    containers = [box for each in item.services for box in each.containers]
    return {
        "services": len(item.services),
        "containers": len(containers),
        "images": len({box.image.value for box in containers if box.image}),
        "published_ports": sum(port.host is not None for box in containers for port in box.ports),
        "endpoints": len(item.endpoints),
        "edges": len(item.edges),
        "files": len(item.files),
    }


def service(item: Service) -> Record:
    """Record what runs under one name."""
    return {
        "name": item.name,
        "kind": item.kind,
        "namespace": item.namespace,
        "where": where(item.place, item.path),
        "replicas": exact(item.replicas.value) if item.replicas else None,
        "profiles": list(item.profiles),
        "containers": [container(each) for each in item.containers],
    }


def container(item: Container) -> Record:
    """Record one container; environment and arguments stay in the model."""
    return {
        "name": item.name,
        "role": item.role,
        "image": item.image.value if item.image else None,
        "built": item.build is not None,
        "ports": [port(each) for each in item.ports],
        "probes": [each.kind for each in item.probes if not each.disabled],
    }


def port(item: Port) -> Record:
    """Record a port; ``host`` is null when it is not published, -1 when chosen late."""
    return {
        "container": exact(item.container),
        "host": None if item.host is None else exact(item.host),
        "host_ip": item.host_ip,
        "protocol": item.protocol,
    }


def endpoint(item: Endpoint) -> Record:
    """Record a name in front of services."""
    return {
        "name": item.name,
        "kind": item.kind,
        "namespace": item.namespace,
        "type": item.type,
        "targets": list(item.targets),
        "ports": [port(each) for each in item.ports],
        "where": where(item.place, item.path),
    }


def edge(item: Edge) -> Record:
    """Record that one service needs another."""
    return {
        "source": item.source,
        "target": item.target,
        "kind": item.kind,
        "condition": item.condition,
        "where": where(item.place, ""),
    }
