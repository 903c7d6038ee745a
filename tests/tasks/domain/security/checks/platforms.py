"""Small platforms by hand, for tests of checks: each field of the model can be set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tasks.domain.platform.containers import Container, Sited
from tasks.domain.platform.model import (
    Entry,
    EntryKind,
    Platform,
    Service,
)
from tasks.domain.platform.nodes import Place
from tasks.domain.security.checks import CHECKS

if TYPE_CHECKING:
    from tasks.domain.findings import Hit

PLACE = Place("compose.yaml", 3, 5)


def at(line: int, file: str = "compose.yaml") -> Place:
    return Place(file, line, 1)


def sited(value: Any, path: str = "here", place: Place = PLACE) -> Sited[Any]:
    return Sited(value, place, path)


def container(name: str = "web", **fields: Any) -> Container:
    return Container(name=name, place=PLACE, path=f"services.{name}", **fields)


def service(name: str = "web", *containers: Container, **fields: Any) -> Service:
    fields = {"kind": "Compose", "place": PLACE, "path": f"services.{name}", **fields}
    return Service(name=name, containers=containers or (container(name),), **fields)


def platform(*services: Service, **fields: Any) -> Platform:
    return replace(
        Platform(Entry("compose.yaml", EntryKind.COMPOSE, ("compose.yaml",)), services), **fields
    )


def of(*containers: Container, **fields: Any) -> Platform:
    """One service with these containers."""
    return platform(service("web", *containers), **fields)


def hits(check: str, on: Platform) -> list[Hit]:
    (judge,) = (each.judge for each in CHECKS if each.id == check)
    return list(judge(on))


def subjects(check: str, on: Platform) -> list[str]:
    return [hit.subject for hit in hits(check, on)]
