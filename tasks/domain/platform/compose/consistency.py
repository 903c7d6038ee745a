"""What Docker Compose refuses once everything is merged, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.platform.compose import exclusive
from tasks.domain.platform.compose.exclusive import INVALID
from tasks.domain.platform.compose.needs import needs
from tasks.domain.platform.compose.tree import (
    ComposeError,
    Leaf,
    Row,
    Table,
    child,
    leaves,
    rows,
    table,
    text,
)
from tasks.domain.platform.compose.values import wrong_values

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from tasks.domain.platform.compose.needs import Need
    from tasks.domain.platform.nodes import Place

_TESTS = frozenset(("CMD", "CMD-SHELL", "NONE"))


def check(model: Table, services: Mapping[str, Table]) -> Iterator[ComposeError]:
    """Yield each reason to refuse ``services``, the active ones of ``model``."""
    every = table(model.items.get("services"))
    written = every.items if every else {}
    defined = {
        kind: _defined(model, f"{kind}s")
        for kind in ("network", "volume", "secret", "config", "model")
    }
    for name, tree in written.items():
        if isinstance(tree, Table):
            yield from wrong_values(name, tree)
            yield from exclusive.devices(name, tree)
    needed = {name: needs(service) for name, service in services.items()}
    for name, service in services.items():
        for message, place in _service(service, defined):
            yield ComposeError(f"service {_quoted(name)} {message}{INVALID}", place)
        yield from _doubled_mounts(name, service)
        yield from exclusive.contradictions(name, service)
        yield from exclusive.builds(name, service, written)
        yield from exclusive.watched(name, service)
        lost = set()
        for need in needed[name]:
            # One that is not required must still be defined, under whatever profile.
            if need.target not in (services if need.required else written):
                message = f"depends on undefined service {_quoted(need.target)}{INVALID}"
                lost.add(need.target)
                yield ComposeError(f"service {_quoted(name)} {message}", need.place)
        yield from _lost_network(service, services, lost)
    yield from exclusive.of_files(model)
    yield from exclusive.external(model)
    yield from cycles(needed)


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


def _lost_network(
    service: Table, services: Collection[str], lost: Collection[str]
) -> Iterator[ComposeError]:
    """Yield a network that does not come, even where `depends_on` can do without its service.

    Those of ``lost`` are named already.
    """
    mode = service.items.get("network_mode")
    target = text(mode).removeprefix("service:")
    known = target in services or target in lost
    if mode is not None and text(mode) != target and not known:
        message = f"service {_quoted(target)} not found for network_mode 'service:{target}'"
        yield ComposeError(message, mode.place)


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


def _references(service: Table) -> Iterator[tuple[str, str, Place]]:
    networks = service.items.get("networks")
    for name in networks.items if isinstance(networks, Table) else ():
        if name != "default" and isinstance(networks, Table):
            yield "network", name, networks.keys[name]
    for item in rows(service.items.get("volumes")):
        source = child(item, "source")
        if text(child(item, "type")) == "volume" and text(source) and source is not None:
            yield "volume", text(source), source.place
    yield from _granted(service)


def _granted(service: Table) -> Iterator[tuple[str, str, Place]]:
    models = table(service.items.get("models"))
    for name in models.items if models else ():
        yield "model", name, models.keys[name] if models else service.place
    grants = (
        ("secret", child(service, "build", "secrets")),
        ("secret", service.items.get("secrets")),
        ("config", service.items.get("configs")),
    )
    for kind, given in grants:
        for item in rows(given):
            source = item if isinstance(item, Leaf) else child(item, "source")
            if source is not None:
                yield kind, text(source), source.place


def cycles(needed: Mapping[str, Iterable[Need]]) -> Iterator[ComposeError]:
    """Yield the dependency cycles that a walk meets, without recursion."""
    targets = {
        name: [need for need in found if need.target in needed] for name, found in needed.items()
    }
    settled: set[str] = set()
    for start in needed:
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
