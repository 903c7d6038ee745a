"""Files that a project refers to outside of its own source: named, and never opened."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from tasks.domain.platform.compose.paths import is_remote, leaves_the_tree
from tasks.domain.platform.compose.tree import Leaf, Table, child, leaves, rows, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.platform.nodes import Place


class Reference(NamedTuple):
    """A path that leaves the source; ``needed`` when our answer depends on what is behind it."""

    path: str
    place: Place
    needed: bool

    @property
    def reason(self) -> str:
        """Say what became of it."""
        return f"reference {self.path} leaves the project, not opened"


def outside(model: Table, services: Mapping[str, Table]) -> Iterator[Reference]:
    """Give the references of ``services`` and of the project's secrets and configs that leave.

    Files of variables, includes and bases are read, so the loader names those. Addresses
    are no files: nothing here can tell where they lead.
    """
    for kind in ("secrets", "configs"):
        defined = table(model.items.get(kind))
        for each in defined.items.values() if defined else ():
            yield from _leaving(child(each, "file"), needed=False)
    for service in services.values():
        for label in rows(service.items.get("label_file")):
            for leaf in leaves(label):
                yield from _leaving(leaf, needed=True)
        yield from _build(table(service.items.get("build")))


def _build(build: Table | None) -> Iterator[Reference]:
    if build is None:
        return
    context, file = build.items.get("context"), build.items.get("dockerfile")
    folder = context.text if isinstance(context, Leaf) else "."
    if is_remote(folder):
        return
    yield from _leaving(context, needed=True)
    if isinstance(file, Leaf) and not leaves_the_tree(folder):
        path = posixpath.normpath(posixpath.join(folder, file.text))
        if leaves_the_tree(path):
            yield Reference(path, file.place, needed=True)


def _leaving(leaf: object, *, needed: bool) -> Iterator[Reference]:
    if isinstance(leaf, Leaf) and leaves_the_tree(leaf.text) and not is_remote(leaf.text):
        yield Reference(leaf.text, leaf.place, needed)
