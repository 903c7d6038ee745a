"""Where data is, and whether it survives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.tables import dead_marks
from tasks.domain.findings import Hit
from tasks.domain.security.checks.host import is_plain_folder
from tasks.domain.security.checks.parts import ENDING, incomplete, parts
from tasks.domain.security.checks.stores import keeps_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.containers import Mount
    from tasks.domain.platform.model import Platform, Service

_ONE_WRITER = frozenset({"ReadWriteOnce", "ReadWriteOncePod"})


def no_volume(platform: Platform) -> Iterator[Hit]:
    """Find stores that keep their data in the container itself, or as long as it lives."""
    for part in parts(platform, "main"):
        store = keeps_data(platform, part.container)
        if not store or part.service.kind in ENDING or any(map(_lasting, part.container.mounts)):
            continue
        yield Hit(part.subject, part.container.place, part.container.path, {"store": store})


def unlimited_tmpfs(platform: Platform) -> Iterator[Hit]:
    """Find files in memory without a limit, of their own or of the container's, once each."""
    for part in parts(platform):
        if part.container.resources.memory_limit is not None:
            continue
        for mount in part.container.mounts:
            if mount.kind == "tmpfs" and not mount.sized:
                yield Hit(part.subject, mount.place, mount.path, {"target": mount.target})
                break


def unused(platform: Platform) -> Iterator[Hit]:
    """Find volumes and networks that are defined and that nobody uses.

    Not where services are missing: the files that bring them may use these, too.
    """
    if incomplete(platform):
        return
    mounted = {m.source for part in parts(platform) for m in part.container.mounts}
    joined = {network.value for service in platform.services for network in service.networks}
    for volume in platform.volumes:
        if volume.value not in mounted:
            yield Hit(volume.value, volume.place, volume.path, {"case": "volume"})
    for network in platform.networks:
        if network.value not in {*joined, "default"}:
            yield Hit(network.value, network.place, network.path, {"case": "network"})


def host_path(platform: Platform) -> Iterator[Hit]:
    """Find folders of one host that a container cannot do without, once a container.

    A DaemonSet is there to serve its own host. Folders that are dangerous in
    themselves are findings of another check.
    """
    for part in parts(platform):
        if part.service.kind == "DaemonSet":
            continue
        for mount in part.container.mounts:
            if mount.kind == "bind" and is_plain_folder(mount):
                yield Hit(part.subject, mount.place, mount.path, {"source": mount.source})
                break


def one_writer(platform: Platform) -> Iterator[Hit]:
    """Find volumes for one node that two pods get: copies, or old and new in an update."""
    single = {
        (claim.of.namespace, claim.of.name)
        for claim in platform.cluster.claims
        if claim.modes and claim.modes <= _ONE_WRITER
    }
    for service in platform.services:
        if service.kind != "Deployment":
            continue
        copies = service.replicas.value if service.replicas else 1
        recreated = service.strategy is not None and service.strategy.value == "Recreate"
        if copies < 1 or (copies == 1 and recreated):
            continue
        for claim in _claims(service):
            if (service.namespace, claim.source) in single:
                facts = {"case": "copies" if copies > 1 else "update", "claim": claim.source}
                yield Hit(service.name, claim.place, claim.path, facts)
                break


def dead_volume(platform: Platform) -> Iterator[Hit]:
    """Find kinds of volume that clusters no longer mount."""
    known = dead_marks()
    for marker in platform.cluster.markers:
        dead = known.get(("volume", marker.name)) if marker.of == "volume" else None
        if dead:
            facts = {"name": marker.name, "since": dead.since, "instead": dead.instead}
            yield Hit(marker.subject, marker.place, marker.path, facts)


def _claims(service: Service) -> Iterator[Mount]:
    for container in service.containers:
        yield from (mount for mount in container.mounts if mount.kind == "claim")


def _lasting(mount: Mount) -> bool:
    """Tell whether what is written there outlives the container.

    A named volume of Compose does; a pod's volume without a claim does not, and
    has its own name for a source. What is no emptyDir (NFS, a cloud's disk) does.
    """
    if mount.kind in {"claim", "bind"}:
        return not mount.read_only
    kubernetes = ":" in mount.path.partition(".")[0]
    return mount.kind == "volume" and bool(mount.source) and not kubernetes
