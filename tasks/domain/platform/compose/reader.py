"""A Compose entry to a `Platform`, as far as it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.platform.compose.builds import unseen
from tasks.domain.platform.compose.resolve import Resolved, resolve
from tasks.domain.platform.compose.services import hostnames, service_of
from tasks.domain.platform.compose.tree import Table, child, table, text
from tasks.domain.platform.containers import Sited, Variable
from tasks.domain.platform.features import features_of
from tasks.domain.platform.model import Edge, NotAssessed, Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Sequence as Several

    from tasks.domain.platform.model import Entry, Service
    from tasks.domain.platform.sources import Source


def read(source: Source, entry: Entry, profiles: Several[str] = ()) -> Platform:
    """Read ``entry``. Never fails on what it finds: each problem is listed as not assessed.

    Services of every profile are in the platform, with their ``profiles``: what
    is only started for debugging can do harm, too. Problems are those of the
    services that start with ``profiles``.
    """
    return platform_of(entry, resolve(source, entry, profiles))


def platform_of(entry: Entry, resolved: Resolved) -> Platform:
    """Give the platform that ``resolved`` describes."""
    found = table(resolved.model.items.get("services"))
    hosts = _hosts(resolved)
    services = tuple(
        service_of(name, resolved, found.keys[name] if found else written.place, hosts)
        for name, written in resolved.services.items()
    )
    loader = resolved.loader
    return Platform(
        entry,
        services,
        edges=tuple(_edges(services)),
        networks=_defined(resolved.model, "networks"),
        volumes=_defined(resolved.model, "volumes"),
        obsolete=tuple(Sited("version", place, "version") for place in loader.obsolete),
        unread=tuple(dict.fromkeys(loader.unread)),
        variables=tuple(_variables(resolved)),
        external=tuple(_external(resolved.model)),
        not_assessed=(
            *_refused(resolved),
            *_unset(resolved),
            *_leaving(resolved),
            *unseen(resolved.services, loader.source.files),
        ),
        files=tuple(sorted(loader.files)),
    )


def _hosts(resolved: Resolved) -> dict[str, str]:
    """Map each host name to its service; a service's own name wins over others' aliases."""
    hosts = {
        host: name
        for name, service in resolved.services.items()
        for host in hostnames(name, service)
    }
    return hosts | {name: name for name in resolved.services}


def _edges(services: Iterable[Service]) -> Iterator[Edge]:
    known = {service.name for service in services}
    for service in services:
        for need in service.depends_on:
            if need.target in known:
                yield Edge(service.name, need.target, need.kind, need.place, need.condition)
        seen = {service.name}
        for container in service.containers:
            for variable in (*container.environment, *container.arguments):
                target = variable.features.refers_to
                if target and target not in seen:
                    seen.add(target)
                    yield Edge(service.name, target, "reference", variable.place)


def _defined(model: Table, kind: str) -> tuple[Sited[str], ...]:
    found = table(model.items.get(kind))
    if found is None:
        return ()
    return tuple(Sited(name, found.keys[name], f"{kind}.{name}") for name in found.items)


def _external(model: Table) -> Iterator[Sited[str]]:
    """Give what `docker compose up` does not make: it must have been made before."""
    for kind in ("networks", "volumes"):
        found = table(model.items.get(kind))
        for name, written in found.items.items() if found else ():
            if text(child(written, "external")) not in {"", "false"} or isinstance(
                child(written, "external"), Table
            ):
                yield Sited(name, written.place, f"{kind}.{name}")


def _variables(resolved: Resolved) -> Iterator[Variable]:
    """Give the variables of the project's own ``.env``, without their values.

    A file that git is told to leave alone stays on its machine, and tells nobody. To git the
    names are bytes: those that are no text to us are other files' names.
    """
    source = resolved.loader.source
    kept_apart = (path for path in source.files if path.rpartition("/")[2] == ".gitignore")
    ignored = {
        line.strip().removeprefix("/").removeprefix("**/")
        for path in kept_apart
        for line in source.files.get(path, b"").decode("utf-8-sig", "replace").splitlines()
    }
    if ignored & {".env", ".env*", "*.env"}:
        return
    for name, (value, place) in resolved.dotenv.items():
        if value is not None:
            features = features_of(value, (), name=name)
            yield Variable(name, features, place, f"{place.file}:{name}", "dotenv")


def _refused(resolved: Resolved) -> Iterator[NotAssessed]:
    known = {(u.file, u.line, u.reason) for u in resolved.loader.unread}
    for problem in (*resolved.problems, *resolved.loader.problems):
        place = problem.place
        key = (place.file, place.line, problem.message)
        if key not in known:
            known.add(key)
            remedy = "Correct the file: Docker Compose refuses it as it is."
            yield NotAssessed(f"{place.file}:{place.line}", problem.message, remedy, input=True)


def _leaving(resolved: Resolved) -> Iterator[NotAssessed]:
    for each in resolved.leaving:
        if not each.needed:
            remedy = "Keep the file inside the project, or mount it where the platform runs."
            yield NotAssessed(f"{each.place.file}:{each.place.line}", each.reason, remedy)


def _unset(resolved: Resolved) -> Iterator[NotAssessed]:
    for name, place in resolved.loader.unset.items():
        where = f" ({place.file}:{place.line})" if place else ""
        reason = f"variable {name} is not set{where} and was read as empty"
        yield NotAssessed(f"variable {name}", reason, f"Set {name} in the project's .env file.")
