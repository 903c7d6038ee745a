"""What Docker Compose refuses once everything is merged, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.platform.compose.needs import needs
from tasks.domain.platform.compose.quantities import number, size
from tasks.domain.platform.compose.tree import (
    ComposeError,
    Leaf,
    Row,
    Table,
    child,
    leaves,
    rows,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.platform.nodes import Place

_INVALID = ": invalid compose project"
_TESTS = frozenset(("CMD", "CMD-SHELL", "NONE"))


def check(model: Table, services: Mapping[str, Table]) -> Iterator[ComposeError]:
    """Yield each reason to refuse ``services``, the active ones of ``model``."""
    every = model.items.get("services")
    written = every.items if isinstance(every, Table) else {}
    defined = {
        kind: _defined(model, f"{kind}s") for kind in ("network", "volume", "secret", "config")
    }
    for name, service in services.items():
        for message, place in _service(service, defined):
            yield ComposeError(f"service {_quoted(name)} {message}{_INVALID}", place)
        yield from _doubled_mounts(name, service)
        yield from _contradictions(name, service)
        for need in needs(service):
            # One that is not required must still be defined, under whatever profile.
            if need.target not in (services if need.required else written):
                message = f"depends on undefined service {_quoted(need.target)}{_INVALID}"
                yield ComposeError(f"service {_quoted(name)} {message}", need.place)
    yield from _unsourced(model)
    yield from cycles(services)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _defined(model: Table, kind: str) -> frozenset[str]:
    found = model.items.get(kind)
    return frozenset(found.items) if isinstance(found, Table) else frozenset()


def _service(service: Table, defined: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Place]]:
    fields = service.items
    if not any(name in fields for name in ("image", "build", "provider")):
        yield "has neither an image nor a build context specified", service.place
    mode, networks = fields.get("network_mode"), fields.get("networks")
    if text(mode) and isinstance(networks, Table) and networks.items:
        message = "declares mutually exclusive `network_mode` and `networks`"
        yield message, networks.place
    for kind, name, place in _references(service):
        if name not in defined[kind]:
            yield f"refers to undefined {kind} {name}", place
    test = child(service, "healthcheck", "test")
    if isinstance(test, Row) and test.items and text(test.items[0]) not in _TESTS:
        yield 'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"', test.place


def _doubled_mounts(name: str, service: Table) -> Iterator[ComposeError]:
    seen: dict[str, str] = {}
    mounts = [
        (f"services.{name}.{field}[{index}]", item)
        for field in ("tmpfs", "volumes")
        for index, item in enumerate(rows(service.items.get(field)))
    ]
    for path, item in mounts:
        leaf = isinstance(item, Leaf)
        target = text(item).partition(":")[0] if leaf else text(child(item, "target"))
        if target in seen:
            message = f"{path}: target {target} already mounted as {seen[target]}"
            yield ComposeError(message, item.place)
        seen.setdefault(target, path)


# A short field, the mapping of ``deploy`` that may say the same, and under which name.
_SAME = (
    ("scale", (), "replicas", number),
    ("cpus", ("resources", "limits"), "cpus", number),
    ("mem_limit", ("resources", "limits"), "memory", size),
    ("mem_reservation", ("resources", "reservations"), "memory", size),
    ("pids_limit", ("resources", "limits"), "pids", number),
)


def _contradictions(name: str, service: Table) -> Iterator[ComposeError]:
    for field, way, key, read in _SAME:
        mine, other = service.items.get(field), child(service, "deploy", *way)
        if mine is None or not text(mine) or not isinstance(other, Table):
            continue
        own, theirs = read(text(mine)), text(child(other, key))
        if not theirs and not (way and own):
            continue  # replicas may be left out; of resources, what is left out is zero
        if own != (read(theirs) if theirs else 0) and (own or not way):
            path = ".".join(("deploy", *way, key))
            message = f"can't set distinct values on '{field}' and '{path}'{_INVALID}"
            yield ComposeError(f"services.{name}: {message}", mine.place)


def _references(service: Table) -> Iterator[tuple[str, str, Place]]:
    networks = service.items.get("networks")
    for name in networks.items if isinstance(networks, Table) else ():
        if name != "default" and isinstance(networks, Table):
            yield "network", name, networks.keys[name]
    for item in rows(service.items.get("volumes")):
        source = child(item, "source")
        if text(child(item, "type")) == "volume" and text(source) and source is not None:
            yield "volume", text(source), source.place
    for kind in ("secret", "config"):
        for item in rows(service.items.get(f"{kind}s")):
            granted = item if isinstance(item, Leaf) else child(item, "source")
            if granted is not None:
                yield kind, text(granted), granted.place


def _unsourced(model: Table) -> Iterator[ComposeError]:
    for kind, sources in (
        ("secret", ("file", "environment", "content", "driver")),
        ("config", ("file", "environment", "content")),
    ):
        found = model.items.get(f"{kind}s")
        for name, entry in (found.items if isinstance(found, Table) else {}).items():
            given = entry.items if isinstance(entry, Table) else {}
            if text(given.get("external")) in {"", "false"} and not any(
                s in given for s in sources
            ):
                message = f'{kind} "{name}" must declare either `file` or `environment`{_INVALID}'
                yield ComposeError(message, entry.place)


def cycles(services: Mapping[str, Table]) -> Iterator[ComposeError]:
    """Yield the dependency cycles that a walk meets, without recursion."""
    targets = {
        name: [n for n in needs(service) if n.target in services]
        for name, service in services.items()
    }
    settled: set[str] = set()
    for start in services:
        path: dict[str, int] = {}
        stack = [(start, 0)] if start not in settled else []
        while stack:
            name, index = stack.pop()
            path.setdefault(name, len(path))
            if index == len(targets[name]):
                settled.add(name)
                path.pop(name)
                continue
            stack.append((name, index + 1))
            need = targets[name][index]
            if need.target in path:
                ring = list(path)[path[need.target] :]
                names = " -> ".join((*ring, need.target))
                yield ComposeError(f"dependency cycle detected: {names}", need.place)
            elif need.target not in settled:
                stack.append((need.target, 0))


def required(service: Table) -> tuple[str, ...]:
    """Give the texts of ``profiles``: a service without any always runs."""
    return tuple(leaf.text for leaf in leaves(service.items.get("profiles")))
