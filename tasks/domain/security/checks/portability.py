"""What ties a platform to one machine, one kind of machine, or one developer."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from tasks.domain.findings import Hit
from tasks.domain.security.checks.parts import listed, parts, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.model import Platform


def one_architecture(platform: Platform) -> Iterator[Hit]:
    """Find services that run on one kind of processor only."""
    for service in platform.services:
        if service.architecture:
            facts = {"architecture": service.architecture.value}
            yield Hit(service.name, service.architecture.place, service.architecture.path, facts)


def fixed_names(platform: Platform) -> Iterator[Hit]:
    """Find, once a platform, names that let it exist once a host."""
    fixed = [service for service in platform.services if service.fixed_name]
    yield from whole(fixed, len(platform.services), "container_name")


def external(platform: Platform) -> Iterator[Hit]:
    """Find networks and volumes that somebody must have made before."""
    for each in platform.external:
        case = "network" if each.path.startswith("networks.") else "volume"
        yield Hit(each.value, each.place, each.path, {"case": case})


def source_mounted(platform: Platform) -> Iterator[Hit]:
    """Find services whose image is covered by the source that it was built from."""
    for part in parts(platform):
        build = part.container.build
        for mount in part.container.mounts if build else ():
            source = posixpath.normpath(mount.source or "/")
            context = posixpath.normpath(build.context) if build else ""
            covered = source in {context, "."} or context.startswith(f"{source}/")
            if mount.kind == "bind" and covered and not source.startswith(("/", "..")):
                yield Hit(part.subject, mount.place, mount.path, {"source": mount.source})
                break


def links(platform: Platform) -> Iterator[Hit]:
    """Find links, the way services found each other before networks had names, once a service."""
    for service in platform.services:
        old = service.links
        if old:
            facts = {"targets": listed(tuple(each.value for each in old))}
            yield Hit(service.name, old[0].place, old[0].path, facts)
