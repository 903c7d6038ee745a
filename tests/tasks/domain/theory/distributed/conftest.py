from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from tasks.domain.platform.containers import (
    Container,
    HealthProbe,
    Port,
    Sited,
)
from tasks.domain.platform.model import (
    Edge,
    Entry,
    EntryKind,
    Platform,
    Service,
)
from tasks.domain.platform.nodes import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Place("compose.yaml", 1, 1)


class MakePlatform(Protocol):
    def __call__(
        self,
        needs: Sequence[tuple[str, str] | tuple[str, str, str]],
        *,
        intervals: Mapping[str, float] | None = None,
        published: Sequence[str] = (),
        replicas: Mapping[str, int] | None = None,
    ) -> Platform: ...


@pytest.fixture
def make_platform() -> MakePlatform:
    def make(
        needs: Sequence[tuple[str, str] | tuple[str, str, str]],
        *,
        intervals: Mapping[str, float] | None = None,
        published: Sequence[str] = (),
        replicas: Mapping[str, int] | None = None,
    ) -> Platform:
        names = dict.fromkeys(name for need in needs for name in need[:2])
        services = tuple(
            _service(
                name, (intervals or {}).get(name), name in published, (replicas or {}).get(name)
            )
            for name in names
        )
        edges = tuple(
            Edge(n[0], n[1], "depends_on", HERE, n[2] if len(n) > 2 else "service_healthy")
            for n in needs
        )
        return Platform(Entry("e", EntryKind.COMPOSE, ("c.yaml",)), services, edges=edges)

    return make


def _service(name: str, interval: float | None, published: bool, replicas: int | None) -> Service:
    probes = (
        ()
        if interval is None
        else (HealthProbe("health", HERE, "", action="command", interval=interval),)
    )
    ports = (Port(80, HERE, "", host=8080),) if published else ()
    container = Container(name, HERE, "", probes=probes, ports=ports)
    scale = None if replicas is None else Sited(replicas, HERE, "")
    return Service(name, "Compose", HERE, f"services.{name}", (container,), replicas=scale)
