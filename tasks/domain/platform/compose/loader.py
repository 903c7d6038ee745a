"""Files to one merged tree: reading, variables, `extends`, `include`, overlays in order."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from tasks.domain.platform.compose import dotenv
from tasks.domain.platform.compose.extends import Extender
from tasks.domain.platform.compose.interpolation import Environment, interpolate
from tasks.domain.platform.compose.merge import merge, unique
from tasks.domain.platform.compose.paths import leaves_the_tree, rebase
from tasks.domain.platform.compose.ports import invalid_ports
from tasks.domain.platform.compose.quantities import switch
from tasks.domain.platform.compose.schema import check_service, invalid_names
from tasks.domain.platform.compose.shape import invalid_volumes, shape_service
from tasks.domain.platform.compose.tree import (
    ComposeError,
    Leaf,
    Row,
    Table,
    Tree,
    build,
    child,
    clean,
    leaves,
    table,
    text,
)
from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.model import Unread
from tasks.domain.platform.nodes import Place
from tasks.domain.platform.parsed import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Several

    from tasks.domain.platform.documents import Document
    from tasks.domain.platform.sources import Source

Variables: TypeAlias = dict[str, tuple[str | None, int]]

_SHOWN = 60  # characters of a tag
_IMPORTED = ("services", "networks", "volumes", "secrets", "configs")


@dataclass(slots=True)
class Loader:
    """Reads one entry; what it meets on the way is kept for the report."""

    source: Source
    problems: list[ComposeError] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    unset: dict[str, Place | None] = field(default_factory=dict)
    obsolete: list[Place] = field(default_factory=list)
    parsed: dict[str, tuple[Table, ...]] = field(default_factory=dict)
    read: dict[str, Variables] = field(default_factory=dict)
    told: set[tuple[str, Place]] = field(default_factory=set)

    def model(
        self,
        paths: Several[str],
        folder: str,
        values: Mapping[str, str],
        including: tuple[str, ...] = (),
    ) -> Table:
        """Merge ``paths`` in order; ``folder`` is the project's, ``values`` its variables."""
        whole = Table({}, {}, Place(paths[0], 1, 1))
        environment = Environment(values, self.unset)
        for path in paths:
            for document in self.documents(path, including):
                part = self.part(document, folder, environment)
                part = Extender(self, path, environment).apply(part)
                part = self._include(part, folder, values, (*including, path))
                try:
                    whole = _together(whole, part)
                except ComposeError as error:
                    self.problems.append(error)
                self._validate(whole)
        return whole

    def documents(self, path: str, via: tuple[str, ...] = ()) -> tuple[Table, ...]:
        """Parse one file of the source; what cannot be read is listed, not raised."""
        if path in self.parsed:
            return self.parsed[path]
        try:
            documents = parsed(path, self.source.text(path))
            roots = [self._built(d) for d in documents if d.root is not None]
        except DocumentError as error:
            self._lost(Place(error.file, error.line, 1), error.reason)
            roots = []
        else:
            self.files.add(path)
            if not roots:
                self.problems.append(ComposeError("empty compose file", Place(path, 1, 1)))
        self.parsed[path] = tuple(self._mappings(roots))
        return self.parsed[path]

    def _built(self, document: Document) -> Tree:
        """Follow aliases; a tag that nobody defines may not mean what it stands before."""
        if document.foreign:
            tag, place = document.foreign
            self.problems.append(ComposeError(f"tag {tag[:_SHOWN]} is not known", place))
        return (
            build(document.root, self.problems)
            if document.root
            else Row((), Place(document.file, 1, 1))
        )

    def part(self, document: Table, folder: str, environment: Environment) -> Table:
        """Fill in variables and bring each service to its one shape."""
        filled = interpolate(document, environment, self.problems)
        if not isinstance(filled, Table):  # a mapping stays one
            return document
        items = dict(filled.items)
        if "version" in items:
            self.obsolete.append(filled.keys["version"])
            version = items.pop("version")
            if not isinstance(version, Leaf) or not isinstance(version.value, str):
                self.problems.append(ComposeError("version must be a string", version.place))
        self.problems.extend(invalid_names(filled))
        if "services" in items:
            items["services"] = self._services(items["services"], folder)
        for kind in ("secrets", "configs"):
            items |= {kind: _files(items[kind], folder)} if kind in items else {}
        return replace(filled, items=items)

    def variables(
        self, path: str, known: Mapping[str, str], *, required: bool, place: Place
    ) -> Variables:
        """Read a file of variables; empty when it is not there or cannot be read."""
        if leaves_the_tree(path):
            self._lost(place, f"reference {path} leaves the project, not opened")
            return {}
        if path not in self.source.files:
            if required:
                self.problems.append(ComposeError(f"env file {path} not found", place))
            return {}
        self.files.add(path)
        try:
            return dotenv.parse(self.source.text(path), known)
        except (DocumentError, dotenv.DotenvError) as error:
            self._lost(Place(path, error.line, 1), error.reason)
        return {}

    def env_file(self, item: Tree, values: Mapping[str, str]) -> tuple[str, Variables]:
        """Read one item of a service's `env_file`, once for all services that name it."""
        file = text(item) or text(child(item, "path"))
        if file and file not in self.read:
            required = switch(text(child(item, "required"))) is not False
            self.read[file] = self.variables(file, values, required=required, place=item.place)
        return file, self.read.get(file, {})

    def _services(self, tree: Tree, folder: str) -> Tree:
        services = table(tree)
        if services is None:
            if not isinstance(tree, Leaf) or tree.value is not None:
                self.problems.append(ComposeError("services must be a mapping", tree.place))
            return Table({}, {}, tree.place)
        shaped: dict[str, Tree] = {}
        for name, service in services.items.items():
            if isinstance(service, Table):
                fields = shape_service(service, folder, self.problems)
                self.problems.extend(invalid_ports(name, fields.items.get("ports")))
                self.problems.extend(invalid_volumes(name, fields.items.get("volumes")))
                shaped[name] = fields
            elif service.mark:
                shaped[name] = service
            elif isinstance(service, Leaf) and service.value is None:
                shaped[name] = Table({}, {}, service.place)
            else:
                message = f"services.{name} must be a mapping"
                self.problems.append(ComposeError(message, service.place))
        return replace(services, items=shaped)

    def _include(
        self, part: Table, folder: str, values: Mapping[str, str], including: tuple[str, ...]
    ) -> Table:
        """Add what the files under ``include`` define; each is a project of its own."""
        wanted = part.items.get("include")
        if wanted is None:
            return part
        items = {k: v for k, v in part.items.items() if k != "include"}
        part = replace(part, items=items)
        for item in getattr(wanted, "items", ()) if not isinstance(wanted, Table) else ():
            included = self._included(item, folder, values, including)
            if included is not None:
                part = self._import(part, included)
        return part

    def _included(
        self, item: Tree, folder: str, values: Mapping[str, str], including: tuple[str, ...]
    ) -> Table | None:
        fields = item.items if isinstance(item, Table) else {"path": item}
        paths = [rebase(leaf.text, folder) for leaf in leaves(fields.get("path"))]
        outside = [p for p in paths if leaves_the_tree(p)]
        if outside or not paths:
            self._lost(item.place, f"reference {', '.join(outside)} leaves the project, not opened")
            return None
        if paths[0] in including:
            chain = " -> ".join((*including, paths[0]))
            self.problems.append(ComposeError(f"include cycle detected: {chain}", item.place))
            return None
        home = text(fields.get("project_directory"))
        base = rebase(home, folder) if home else posixpath.dirname(paths[0]) or "."
        own = dict(values)
        files = leaves(fields.get("env_file"))
        named = [rebase(leaf.text, folder) for leaf in files] or [rebase(".env", base)]
        for path in named:
            found = self.variables(path, own, required=bool(files), place=item.place)
            own |= {k: v or "" for k, (v, _) in found.items() if k not in values}
        return self.model(paths, base, own, including)

    def _import(self, part: Table, included: Table) -> Table:
        items, keys = dict(part.items), dict(part.keys)
        for kind in _IMPORTED:
            brought = table(included.items.get(kind))
            if brought is None:
                continue
            mine = table(items.get(kind)) or Table({}, {}, brought.place)
            for name in mine.items.keys() & brought.items.keys():
                if clean(mine.items[name]) != brought.items[name]:
                    message = f"{kind}.{name} conflicts with imported resource"
                    self.problems.append(ComposeError(message, mine.keys[name]))
            items[kind] = replace(
                mine,
                items={**brought.items, **mine.items},
                keys={**brought.keys, **mine.keys},
            )
            keys.setdefault(kind, brought.place)
        return replace(part, items=items, keys=keys)

    def _validate(self, whole: Table) -> None:
        """Check fields after each file: an overlay that takes a mistake out comes too late."""
        services = table(whole.items.get("services"))
        for name, service in (services.items if services else {}).items():
            for problem in check_service(name, service) if isinstance(service, Table) else ():
                key = (problem.message, problem.place)
                if key not in self.told:
                    self.told.add(key)
                    self.problems.append(problem)

    def _mappings(self, roots: Several[Tree]) -> Iterator[Table]:
        for root in roots:
            if isinstance(root, Table):
                yield root
            else:
                message = "top-level object must be a mapping"
                self.problems.append(ComposeError(message, root.place))

    def _lost(self, place: Place, reason: str) -> None:
        self.unread.append(Unread(place.file, place.line, reason))
        self.problems.append(ComposeError(reason, place))


def _together(whole: Table, part: Table) -> Table:
    merged = clean(merge(whole, part))
    if not isinstance(merged, Table):  # both are mappings
        return whole
    services = table(merged.items.get("services"))
    if services is None:
        return merged
    items = {k: unique(v) if isinstance(v, Table) else v for k, v in services.items.items()}
    return replace(merged, items={**merged.items, "services": replace(services, items=items)})


def _files(tree: Tree, folder: str) -> Tree:
    """Rebase the ``file`` of each secret or config."""
    if not isinstance(tree, Table):
        return tree
    items = dict(tree.items)
    for name, entry in items.items():
        if isinstance(entry, Table) and isinstance(leaf := entry.items.get("file"), Leaf):
            path = rebase(leaf.text, folder)
            rebased = replace(leaf, value=path, text=path)
            items[name] = replace(entry, items={**entry.items, "file": rebased})
    return replace(tree, items=items)
