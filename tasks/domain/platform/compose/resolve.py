"""One Compose entry to its resolved services: our own `docker compose config`."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.consistency import check, required
from tasks.domain.platform.compose.loader import Loader
from tasks.domain.platform.compose.needs import needs
from tasks.domain.platform.compose.paths import rebase
from tasks.domain.platform.compose.ports import MAX_PORTS, published, within
from tasks.domain.platform.compose.references import Reference, outside
from tasks.domain.platform.compose.tree import Table, child, rows, table, text
from tasks.domain.platform.model import Unread
from tasks.domain.platform.nodes import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Several

    from tasks.domain.platform.compose.tree import ComposeError
    from tasks.domain.platform.model import Entry
    from tasks.domain.platform.sources import Source


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an entry means. ``active`` are the services that start with the chosen profiles."""

    model: Table
    services: Mapping[str, Table]  # all profiles
    active: Mapping[str, Table]
    problems: tuple[ComposeError, ...]
    values: Mapping[str, str]  # variables of the project; never shown
    loader: Loader
    dotenv: Mapping[str, tuple[str | None, Place]] = field(default_factory=dict)
    leaving: tuple[Reference, ...] = ()  # files outside of the source; none was opened

    @property
    def error(self) -> str | None:
        """The first reason for which Docker Compose would refuse the entry."""
        return self.problems[0].message if self.problems else None

    def counts(self) -> dict[str, int]:
        """Count what starts: services, edges, distinct images, builds, published ports."""
        services = self.active.values()
        images = {text(s.items.get("image")) for s in services} - {""}
        ports = sum(len(p or ()) for s in services for _, _, p in published(s.items.get("ports")))
        return {
            "services": len(self.active),
            "edges": sum(len(needs(s)) for s in services),
            "images": len(images),
            "build": sum("build" in s.items for s in services),
            "ports": ports,
        }


def resolve(source: Source, entry: Entry, profiles: Several[str] = ()) -> Resolved:
    """Resolve ``entry``; problems are listed, and what can be had is had.

    Without ``profiles`` those of ``COMPOSE_PROFILES`` in the project's `.env` hold.
    """
    question = ("compose", entry.paths, tuple(profiles))
    return source.once(question, lambda: _resolve(source, entry, profiles))


def _resolve(source: Source, entry: Entry, profiles: Several[str]) -> Resolved:
    loader = Loader(source)
    folder = posixpath.dirname(entry.paths[0]) or "."
    values, dotenv = _project_variables(loader, folder, entry.paths[0])
    model = loader.model(entry.paths, folder, values)
    found = table(model.items.get("services"))
    named = {k: v for k, v in (found.items if found else {}).items() if isinstance(v, Table)}
    services = within(named, lambda place: loader.unread.append(_too_many(place)))
    wanted = set(profiles) or set(filter(None, values.get("COMPOSE_PROFILES", "").split(",")))
    active = {
        name: service
        for name, service in services.items()
        if not (own := required(service)) or "*" in wanted or wanted & set(own)
    }
    for service in active.values():
        for item in rows(service.items.get("env_file")):
            loader.env_file(item, values)
    leaving = tuple(dict.fromkeys(outside(model, services)))
    loader.unread.extend(
        Unread(each.place.file, each.place.line, each.reason) for each in leaving if each.needed
    )
    problems = (*loader.problems, *check(model, active))
    return Resolved(model, services, active, problems, values, loader, dotenv, leaving)


def _too_many(place: Place) -> Unread:
    reason = f"the platform has more than {MAX_PORTS} ports, the rest was not read"
    return Unread(place.file, place.line, reason)


def _project_variables(
    loader: Loader, folder: str, first: str
) -> tuple[dict[str, str], dict[str, tuple[str | None, Place]]]:
    path = rebase(".env", folder)
    found = loader.variables(path, {}, required=False, place=Place(first, 1, 1))
    values = {name: value for name, (value, _) in found.items() if value is not None}
    values.setdefault("COMPOSE_PROJECT_NAME", _project_name(loader, folder, first))
    placed = {name: (value, Place(path, line, 1)) for name, (value, line) in found.items()}
    return values, placed


def _project_name(loader: Loader, folder: str, first: str) -> str:
    for document in loader.documents(first):
        if name := text(child(document, "name")):
            return name
    last = posixpath.basename(folder if folder != "." else loader.source.name.rstrip("/"))
    return re.sub(r"[^-_a-z0-9]", "", last.lower()).lstrip("-_") or "default"
