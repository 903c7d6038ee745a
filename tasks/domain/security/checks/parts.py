"""The parts of a platform that checks walk over, each with the name findings give it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.findings import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasks.domain.platform.containers import Container
    from tasks.domain.platform.model import Platform, Service

# Workloads that end by themselves: nobody waits for their health or routes to them.
ENDING = frozenset({"Job", "CronJob"})

# Addresses that stand for each interface of the host. Values to find, not to bind.
ANYWHERE = frozenset({"", "0.0.0.0", "::", "[::]", "*"})  # noqa: S104  # as above

# Container ports at which stores, brokers and control interfaces listen by convention.
INNER_PORTS = {
    1433: "SQL Server",
    1521: "Oracle",
    2181: "ZooKeeper",
    2375: "Docker API",
    2376: "Docker API",
    2379: "etcd",
    2380: "etcd",
    3306: "MySQL",
    4222: "NATS",
    5432: "PostgreSQL",
    5672: "AMQP",
    6379: "Redis",
    8500: "Consul",
    8848: "Nacos",
    9042: "Cassandra",
    9092: "Kafka",
    9200: "Elasticsearch",
    9300: "Elasticsearch",
    11211: "memcached",
    15672: "RabbitMQ management",
    27017: "MongoDB",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One container of a service. ``subject`` is how findings name it."""

    service: Service
    container: Container
    subject: str


def subject(service: Service, container: Container) -> str:
    """Name a container the same in every packaging.

    A pod calls its one container what it likes, and Compose has no second
    name: the only main container of a service is named after the service.
    """
    return _subject(service, container, alone=_alone(service))


def _subject(service: Service, container: Container, *, alone: bool) -> str:
    if alone and container.role == "main":
        return service.name
    return f"{service.name}/{container.name}"


def _alone(service: Service) -> bool:
    """Tell whether it has one main container."""
    return [each.role for each in service.containers].count("main") == 1


def parts(platform: Platform, *roles: str) -> Iterator[Part]:
    """Walk over the containers, those of ``roles`` only when some are named."""
    for service in platform.services:
        alone = _alone(service)
        for container in service.containers:
            if not roles or container.role in roles:
                yield Part(service, container, _subject(service, container, alone=alone))


def incomplete(platform: Platform) -> bool:
    """Tell whether this is only a part of a platform, made to be merged with other files."""
    names = {service.name for service in platform.services}
    return any(
        service.partial or any(d.required and d.target not in names for d in service.depends_on)
        for service in platform.services
    )


WHOLE = "platform"


def whole(services: Sequence[Service], count: int, path: str) -> Iterator[Hit]:
    """Say once, at the first of ``services``, what holds for all of them.

    For what nearly each service of nearly each platform lacks: a page of equal
    findings is not read. The finding keeps its name when their number changes.
    """
    if services:
        facts = {
            "count": str(len(services)),
            "of": str(count),
            "names": listed(tuple(service.name for service in services)),
        }
        yield Hit(WHOLE, services[0].place, f"services.*.{path}", facts)


def provided(platform: Platform, service: Service) -> frozenset[str]:
    """Name the quantities that a LimitRange of its namespace gives to a service's containers."""
    found: frozenset[str] = frozenset()
    for namespace, names in platform.cluster.provided:
        if namespace == service.namespace:
            found |= names
    return found


def needed(platform: Platform) -> dict[str, tuple[str, ...]]:
    """Map each service that others need to those others, by any kind of edge."""
    found: dict[str, dict[str, None]] = {}
    for edge in platform.edges:
        if edge.source != edge.target:
            found.setdefault(edge.target, {})[edge.source] = None
    return {name: tuple(sources) for name, sources in found.items()}


def listed(names: Iterator[str] | tuple[str, ...]) -> str:
    """Join names for a message, the same in every language."""
    return ", ".join(names)
