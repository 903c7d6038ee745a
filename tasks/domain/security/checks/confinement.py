"""Walls of a container that somebody took down: filters, profiles, masks, propagation, devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit
from tasks.domain.security.checks.parts import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.containers import Container
    from tasks.domain.platform.model import Platform

_OLD_FILTER = ("seccomp.security.alpha.kubernetes.io/", "container.seccomp.security.alpha.")
_SHARED = frozenset({"shared", "rshared", "Bidirectional"})


def filter_off(platform: Platform) -> Iterator[Hit]:
    """Find containers that may make every system call. A privileged one is a finding already."""
    for part in parts(platform):
        written = part.container.isolation.seccomp
        off = written is not None and written.value.lower() == "unconfined"
        if written and off and not _privileged(part.container):
            yield Hit(part.subject, written.place, written.path)


def filter_unset(platform: Platform) -> Iterator[Hit]:
    """Find pods that get no filter of system calls, because nobody asks for one.

    Docker filters unless told otherwise; a cluster only where somebody set its
    nodes up so. The old annotation has a finding of its own, which mends both.
    """
    marked = {m.subject for m in platform.cluster.markers if m.name.startswith(_OLD_FILTER)}
    for service in platform.services:
        without = [
            each
            for each in service.containers
            if each.isolation.seccomp is None and not _privileged(each)
        ]
        if without and service.name not in marked:
            yield Hit(service.name, service.place, service.path)


def profile_off(platform: Platform) -> Iterator[Hit]:
    """Find containers whose AppArmor or SELinux profile is switched off."""
    for part in parts(platform):
        written = part.container.isolation.confinement_off
        if written and not _privileged(part.container):
            yield Hit(part.subject, written.place, written.path, {"profile": written.value})


def unmasked(platform: Platform) -> Iterator[Hit]:
    """Find containers that see the kernel's own paths unmasked."""
    for part in parts(platform):
        written = part.container.isolation.unmasked
        if written and written.value and not _privileged(part.container):
            yield Hit(part.subject, written.place, written.path)


def propagates(platform: Platform) -> Iterator[Hit]:
    """Find mounts that carry what is mounted in the container to the host and its neighbours."""
    for part in parts(platform):
        for mount in part.container.mounts:
            if mount.propagation in _SHARED:
                facts = {"target": mount.target}
                yield Hit(part.subject, mount.place, mount.path, facts)


def devices(platform: Platform) -> Iterator[Hit]:
    """Find devices of the host that a container is given."""
    for part in parts(platform):
        for device in part.container.isolation.devices:
            facts = {"device": device.value.partition(":")[0]}
            yield Hit(part.subject, device.place, device.path, facts)


def _privileged(container: Container) -> bool:
    written = container.isolation.privileged
    return written is not None and written.value
