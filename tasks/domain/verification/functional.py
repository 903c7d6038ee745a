"""Functional probes: questions that only a working service answers, derived from the platform.

What an image is called and where it listens tells what to ask; health checks tell paths;
edges tell who must reach whom; hints tell of gRPC and metrics. A user's own probes in
``cmi.yaml`` come first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.doors import checked, ending
from tasks.domain.verification.hints import GRPC, GRPC_HEALTH
from tasks.domain.verification.stand_ins import every_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tasks.domain.settings import Probe
    from tasks.domain.verification.hints import Hint

# What an image's name or a port says about what answers there.
_KINDS = (
    ("postgres", re.compile(r"postgres|postgis|timescale"), 5432),
    ("mysql", re.compile(r"mysql|mariadb|percona"), 3306),
    ("redis", re.compile(r"redis|valkey|keydb"), 6379),
    ("amqp", re.compile(r"rabbitmq"), 5672),
    ("nats", re.compile(r"(^|/)nats"), 4222),
    ("memcached", re.compile(r"memcache"), 11211),
    ("mongo", re.compile(r"mongo"), 27017),
)
_URL = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::(?P<port>\d+))?(?P<path>/[^\s\"'|;)]*)?")
_HTTP = 80


@dataclass(frozen=True, slots=True)
class Question:
    """One probe. ``kind`` says how it is asked; ``target`` is the other end of an edge."""

    name: str
    service: str
    kind: str  # tcp, health, http, edge, grpc, grpc-health, metrics, postgres, mysql, redis …
    port: int = 0
    path: str = "/"
    method: str = "GET"
    body: str = ""  # of a call for health over gRPC: the service that is meant
    status: int = 0  # 0: any answer that is no error of the server
    contains: str = ""
    seconds: float = 5.0
    target: str = ""
    rate: float = 0.0  # requests a second while the copy is watched
    told_by: str = ""  # somebody else than the service: counts once the platform answered it

    @property
    def of(self) -> str:
        """Name the service that must be there for it; of an edge, the one that is reached."""
        return self.target or self.service


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a probe."""

    question: Question
    passed: bool
    detail: str = ""
    seconds: float = 0.0


def questions(
    services: Mapping[str, Any],
    ports: Mapping[str, int],
    edges: Iterable[tuple[str, str]],
    own: Iterable[Probe] = (),
    hints: Iterable[Hint] = (),
) -> tuple[Question, ...]:
    """Derive the probes of a copy's ``services``; of one that ended, nobody asks anything."""
    staying = {name: services[name] for name in services if name not in ending(services)}
    found = [_owns(each) for each in own if each.service in services]
    for name, service in staying.items():
        found += _of(name, service, ports)
    found += [_hinted(each) for each in _strongest(hints) if each.service in staying]
    found += [
        Question(f"{source} reaches {target}", source, "edge", ports[target], target=target)
        for source, target in dict.fromkeys(edges)
        if source in staying and target in staying and target in ports
    ]
    return tuple(dict.fromkeys(found))


def _owns(probe: Probe) -> Question:
    return Question(
        probe.name,
        probe.service,
        "http",
        probe.port,
        probe.path,
        probe.method,
        probe.body,
        probe.status,
        probe.contains,
        probe.timeout,
        rate=probe.rate,
    )


def _of(name: str, service: Mapping[str, Any], ports: Mapping[str, int]) -> Iterator[Question]:
    test = (service.get("healthcheck") or {}).get("test")
    if checked(service):
        yield Question(f"{name}: its own health check", name, "health")
    port = ports.get(name)
    if port is None:
        return
    kind = kind_of(str(service.get("image", "")), port)
    if kind:
        yield Question(f"{name}: answers as {kind}", name, kind, port)
        return
    yield Question(f"{name}: port {port}", name, "tcp", port)
    for url in _urls(test):
        at = int(url["port"] or _HTTP)
        path = url["path"] or "/"
        yield Question(f"{name}: GET {path}", name, "http", at, path)


def _hinted(hint: Hint) -> Question:
    return Question(
        hint.name,
        hint.service,
        hint.kind,
        hint.port,
        hint.path,
        body=hint.asks,
        told_by=hint.told_by,
    )


def _strongest(hints: Iterable[Hint]) -> Iterator[Hint]:
    """Give one hint of each name: what a service says of itself, else who told it first.

    Where health is asked for, it goes without saying that gRPC is spoken.
    """
    ordered = sorted(hints, key=lambda each: bool(each.told_by))
    asked = {(each.service, each.port) for each in ordered if each.kind == GRPC_HEALTH}
    named: dict[str, Hint] = {}
    for each in ordered:
        if each.kind != GRPC or (each.service, each.port) not in asked:
            named.setdefault(each.name, each)
    yield from named.values()


def kind_of(image: str, port: int) -> str:
    """Say what answers there; the name counts first, because ports are moved."""
    plain = image.partition("@")[0].lower()
    for kind, pattern, _ in _KINDS:
        if pattern.search(plain) and "exporter" not in plain:
            return kind
    return next((kind for kind, _, usual in _KINDS if port == usual), "")


def _urls(test: Any) -> Iterator[re.Match[str]]:
    for text in every_text(test):
        yield from _URL.finditer(text)
