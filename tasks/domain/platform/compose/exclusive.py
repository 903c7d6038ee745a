"""What Docker Compose does not take together, or not without the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.platform.compose.quantities import number, size
from tasks.domain.platform.compose.tree import (
    ComposeError,
    Table,
    Tree,
    child,
    leaves,
    rows,
    table,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INVALID = ": invalid compose project"
_PREFIX = "service:"

# A short field, the mapping of ``deploy`` that may say the same, and under which name.
_SAME = (
    ("scale", (), "replicas", number),
    ("cpus", ("resources", "limits"), "cpus", number),
    ("mem_limit", ("resources", "limits"), "memory", size),
    ("mem_reservation", ("resources", "reservations"), "memory", size),
    ("pids_limit", ("resources", "limits"), "pids", number),
)
_OF_FILES = (("secret", ("file", "environment")), ("config", ("file", "environment", "content")))


def contradictions(name: str, service: Table) -> Iterator[ComposeError]:
    """Yield what ``service`` says twice, and not alike."""
    for field, way, key, read in _SAME:
        mine, other = service.items.get(field), child(service, "deploy", *way)
        if mine is None or not text(mine) or not isinstance(other, Table):
            continue
        own, theirs = read(text(mine)), text(child(other, key))
        if not theirs and not (way and own):
            continue  # replicas may be left out; of resources, what is left out is zero
        if own != (read(theirs) if theirs else 0) and (own or not way):
            path = ".".join(("deploy", *way, key))
            message = f"can't set distinct values on '{field}' and '{path}'{INVALID}"
            yield ComposeError(f"services.{name}: {message}", mine.place)


def builds(name: str, service: Table, services: Mapping[str, Tree]) -> Iterator[ComposeError]:
    """Yield what cannot be built as it is written."""
    build = table(service.items.get("build"))
    if build is None:
        return
    inline = build.items.get("dockerfile_inline")
    if inline is not None and text(inline) and text(build.items.get("dockerfile")):
        message = (
            f'service "{name}" declares mutually exclusive dockerfile and dockerfile_inline'
            ": invalid compose project"
        )
        yield ComposeError(message, inline.place)
    contexts = table(build.items.get("additional_contexts"))
    for context, leaf in (contexts.items if contexts else {}).items():
        target = text(leaf).removeprefix(_PREFIX)
        if text(leaf).startswith(_PREFIX) and "build" not in _fields(services.get(target)):
            wanted = f'"{target}" as additional contexts {context}'
            message = f'service "{name}" declares non-buildable service {wanted}'
            yield ComposeError(message, leaf.place)
    made, own = leaves(build.items.get("platforms")), service.items.get("platform")
    if made and own is not None and text(own) and text(own) not in {each.text for each in made}:
        message = (
            f'service.build.platforms MUST include service.platform "{text(own)}"'
            ": invalid compose project"
        )
        yield ComposeError(message, own.place)


def _fields(tree: Tree | None) -> Mapping[str, Tree]:
    return tree.items if isinstance(tree, Table) else {}


def devices(name: str, service: Table) -> Iterator[ComposeError]:
    """Yield each wish for devices that both counts and names them."""
    for way in (("deploy", "resources", "reservations", "devices"), ("gpus",)):
        for item in rows(child(service, *way)):
            if isinstance(item, Table) and {"count", "device_ids"} <= item.items.keys():
                field = f"services.{name}.{'.'.join(way)}"
                message = f'{field}: "count" and "device_ids" attributes are exclusive'
                yield ComposeError(message, item.place)


def watched(name: str, service: Table) -> Iterator[ComposeError]:
    """Yield each watched path that is to be copied, and nobody says where to."""
    for item in rows(child(service, "develop", "watch")):
        action = text(child(item, "action"))
        if action not in {"", "rebuild", "restart"} and not text(child(item, "target")):
            field = f"services.{name}.develop.watch"
            message = (
                f"{field}: target is required for non-rebuild actions: invalid compose project"
            )
            yield ComposeError(message, item.place)


def of_files(model: Table) -> Iterator[ComposeError]:
    """Yield the secrets and configs that come from nowhere, or from two places."""
    for kind, sources in _OF_FILES:
        for name, entry in _entries(model, f"{kind}s"):
            given = _fields(entry)
            found = [source for source in sources if source in given]
            if len(found) > 1:
                message = f"{kind}s.{name}: {'|'.join(sources)} attributes are mutually exclusive"
                yield ComposeError(message, entry.place)
            if found or "driver" in given or "content" in given:
                continue
            if text(given.get("external")) in {"", "false"}:
                message = f'{kind} "{name}" must declare either `file` or `environment`{INVALID}'
                yield ComposeError(message, entry.place)


def external(model: Table) -> Iterator[ComposeError]:
    """Yield the volumes that exist elsewhere, and are described here all the same."""
    for name, entry in _entries(model, "volumes"):
        given = _fields(entry)
        if text(given.get("external")) in {"", "false"}:
            continue
        for key in given:
            if key not in {"external", "name"} and not key.startswith("x-"):
                message = f'volumes.{name}: conflicting parameters "external" and "{key}" specified'
                yield ComposeError(message, given[key].place)


def _entries(model: Table, kind: str) -> Iterator[tuple[str, Tree]]:
    found = table(model.items.get(kind))
    yield from (found.items if found else {}).items()
