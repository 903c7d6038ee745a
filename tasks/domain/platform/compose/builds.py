"""Dockerfiles that services are built from and that nobody can read here: named."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.paths import is_remote, leaves_the_tree
from tasks.domain.platform.compose.tree import table, text
from tasks.domain.platform.model import NotAssessed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tasks.domain.platform.compose.tree import Table
    from tasks.domain.platform.nodes import Place

DOCKERFILE = "Dockerfile"
_INLINE = "dockerfile_inline"
_NAMED = 3  # services; a platform of dozens is often kept apart from its code
_ABSENT = "it is not in the source"
_ADDRESS = "it lies at an address, which is not opened"
_INSIDE = "it stands inside the Compose file, where it is not read"


def path_of(build: Table) -> str:
    """Give the place of a build's Dockerfile in the source; nothing when it is no file."""
    if text(build.items.get(_INLINE)):
        return ""
    context = text(build.items.get("context")) or "."
    return posixpath.normpath(
        posixpath.join(context, text(build.items.get("dockerfile")) or DOCKERFILE)
    )


def unseen(services: Mapping[str, Table], files: Collection[str]) -> Iterator[NotAssessed]:
    """Name the services whose images nobody can say anything about, once a reason.

    That is not input which was asked for: the definition is understood without it, and
    Docker Compose takes it. What leaves the source is named by `references`.
    """
    found: dict[str, list[tuple[str, Place]]] = {}
    for name, service in services.items():
        build = table(service.items.get("build"))
        if build is not None and (reason := _why(build, files)):
            found.setdefault(reason, []).append((name, build.place))
    for reason, where in found.items():
        names = ", ".join(name for name, _ in where[:_NAMED])
        more = f" and {len(where) - _NAMED} more" if len(where) > _NAMED else ""
        place = where[0][1]
        what = f"Dockerfile of {names}{more} ({place.file}:{place.line})"
        yield NotAssessed(what, reason, "Point at a folder that holds it as a file.")


def _why(build: Table, files: Collection[str]) -> str:
    path = path_of(build)
    if not path:
        return _INSIDE
    if is_remote(text(build.items.get("context"))):
        return _ADDRESS
    return "" if path in files or leaves_the_tree(path) else _ABSENT
