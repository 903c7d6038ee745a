"""`extends`: a service that starts from another one, in this file or in another."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.merge import merge, unique
from tasks.domain.platform.compose.paths import leaves_the_tree
from tasks.domain.platform.compose.tree import ComposeError, Table, clean, table, text
from tasks.domain.platform.model import Unread

if TYPE_CHECKING:
    from tasks.domain.platform.compose.interpolation import Environment
    from tasks.domain.platform.compose.loader import Loader


# Lists grow from base to base, so that a long row costs its length squared. People write three.
MAX_BASES = 200


@dataclass(slots=True)
class Extender:
    """Resolves the `extends` of one file's services, each service once."""

    loader: Loader
    file: str
    environment: Environment
    done: dict[tuple[str, str], Table] = field(default_factory=dict)
    depth: dict[tuple[str, str], int] = field(default_factory=dict)
    known: dict[str, Table] = field(default_factory=dict)

    def apply(self, part: Table) -> Table:
        """Give ``part`` with every service's bases merged in."""
        services = table(part.items.get("services"))
        if services is None:
            return part
        self.known[self.file] = services
        items = dict(services.items)
        for name, service in services.items.items():
            if isinstance(service, Table):
                items[name] = self._resolved(name)
        return replace(part, items={**part.items, "services": replace(services, items=items)})

    def _resolved(self, name: str) -> Table:
        """Walk up the bases, then merge down: a chain may be longer than the stack."""
        chain: dict[tuple[str, str], None] = {}
        at: tuple[str, str] | None = (self.file, name)
        while at is not None and at not in self.done:
            if at in chain:
                walked = list(chain)
                self._cycle((*walked[walked.index(at) :], at))
                break
            chain[at] = None
            at = self._base(at)
        merged = self.done.get(at) if at is not None else None
        depth = self.depth.get(at, 0) if at is not None else 0
        for key in reversed(chain):
            own = self._service(key)
            depth += 1
            self.depth[key] = depth
            if depth > MAX_BASES:
                message = f"extends more than {MAX_BASES} services in a row, bases left out"
                self.loader.problems.append(ComposeError(message, own.place))
                merged, depth = None, 0
            base = merged
            if base is not None and at is not None and at[0] != key[0]:
                base = unique(base)  # as its own file leaves it
            merged, at = _over(base, own, key[1], self.loader.problems), key
            self.done[key] = merged
        return self.done[self.file, name]

    def _base(self, key: tuple[str, str]) -> tuple[str, str] | None:
        """Name what ``key`` extends; None for nothing, or for what cannot be had."""
        service = self._service(key)
        wanted = table(service.items.get("extends"))
        if wanted is None:
            return None
        name, file = text(wanted.items.get("service")), text(wanted.items.get("file")) or key[0]
        if leaves_the_tree(file):
            reason = f"reference {file} leaves the project, not opened"
            self.loader.unread.append(Unread(wanted.place.file, wanted.place.line, reason))
            self.loader.problems.append(ComposeError(reason, wanted.place))
            return None
        if name not in self._services(file).items:
            message = f'cannot extend service "{key[1]}" in {key[0]}: service "{name}" not found'
            self.loader.problems.append(ComposeError(message, wanted.place))
            return None
        return file, name

    def _service(self, key: tuple[str, str]) -> Table:
        services = self._services(key[0])
        found = services.items.get(key[1])
        return found if isinstance(found, Table) else Table({}, {}, services.place)

    def _services(self, file: str) -> Table:
        if file not in self.known:
            services: Table | None = None
            for document in self.loader.documents(file):
                folder = posixpath.dirname(file) or "."
                part = self.loader.part(document, folder, self.environment)
                services = table(part.items.get("services")) or services
            place = self.known[self.file].place
            self.known[file] = services or Table({}, {}, place)
        return self.known[file]

    def _cycle(self, cycle: tuple[tuple[str, str], ...]) -> None:
        names = ", ".join(f"{file} {name}" for file, name in cycle)
        place = self._service(cycle[0]).place
        self.loader.problems.append(ComposeError(f"circular reference: {names}", place))


def _over(base: Table | None, own: Table, name: str, problems: list[ComposeError]) -> Table:
    own = replace(own, items={k: v for k, v in own.items.items() if k != "extends"})
    if base is None:
        return own
    try:
        merged = merge(clean(base), own, ("services", name))
    except ComposeError as error:
        problems.append(error)
        return own
    return replace(merged, place=own.place) if isinstance(merged, Table) else own
