"""What a container shares with its host: namespaces, the engine's socket, folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit, Severity
from tasks.domain.security.checks.parts import listed, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.containers import Mount
    from tasks.domain.platform.model import Platform

_SOCKETS = (
    "docker.sock",
    "containerd.sock",
    "crio.sock",
    "podman.sock",
    "dockershim.sock",
    "cri-dockerd.sock",
)
# Folders of the host that hold its configuration, devices, kernel interfaces or other containers.
_SENSITIVE = (
    "/",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/proc",
    "/root",
    "/run",
    "/sys",
    "/usr",
    "/var",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/kubelet",
    "/var/log",
    "/var/run",
)
# Single files that images need to know the host's clock or name; nothing to steal in them.
_HARMLESS = frozenset({"/etc/localtime", "/etc/timezone", "/etc/hosts", "/dev/null", "/dev/shm"})  # noqa: S108  # a name to compare, not a file to write
# Only these deeper folders are as dangerous as the ones above them.
_DEEP = ("/etc/", "/proc/", "/sys/", "/root/", "/boot/", "/var/lib/docker/", "/var/lib/kubelet/")


def namespaces(platform: Platform) -> Iterator[Hit]:
    """Find services that share the host's network, processes or memory segments."""
    for service in platform.services:
        shared = {
            "network": service.host_network,
            "PID": service.host_pid,
            "IPC": service.host_ipc,
            "UTS": service.host_uts,
            "user": service.host_users,
        }
        found = {name: written for name, written in shared.items() if written and written.value}
        if found:
            first = next(iter(found.values()))
            facts = {"namespaces": listed(tuple(found))}
            yield Hit(service.name, first.place, first.path, facts)


def engine_socket(platform: Platform) -> Iterator[Hit]:
    """Find containers that can command the container engine. Read-only does not help."""
    for part in parts(platform):
        for mount in part.container.mounts:
            if _reaches_engine(mount):
                source = mount.source if _is_socket(mount.source) else mount.target
                yield Hit(part.subject, mount.place, mount.path, {"source": source})


def host_folder(platform: Platform) -> Iterator[Hit]:
    """Find sensitive folders of the host in a container; worse when it may write there."""
    for part in parts(platform):
        for mount in part.container.mounts:
            sensitive = mount.kind == "bind" and _sensitive(mount.source)
            if not sensitive or _reaches_engine(mount):
                continue
            case = "read" if mount.read_only else "write"
            worse = None if mount.read_only else Severity.HIGH
            facts = {"case": case, "source": mount.source}
            yield Hit(part.subject, mount.place, mount.path, facts, worse)


def is_plain_folder(mount: Mount) -> bool:
    """Tell whether a mount needs a folder of one host that is not dangerous in itself."""
    source = mount.source
    absolute = source.startswith(("/", "~")) or source[1:3] in {":\\", ":/"}
    if not absolute or "$" in source or source.rstrip("/") in _HARMLESS:
        return False
    return not _sensitive(source) and not _reaches_engine(mount) and not _is_socket(source)


def _reaches_engine(mount: Mount) -> bool:
    """Tell by either end: a variable may hide what is mounted, but not what for."""
    if mount.kind == "bind" and _is_socket(mount.source):
        return True
    unknown = mount.kind in {"bind", "volume"} and (not mount.source or "$" in mount.source)
    return _is_socket(mount.target) and (unknown or mount.kind == "bind")


def _is_socket(source: str) -> bool:
    return source.rstrip("/").endswith(_SOCKETS)


def _sensitive(source: str) -> bool:
    path = source.rstrip("/") or "/"
    if not path.startswith("/") or path in _HARMLESS:
        return False
    return path in _SENSITIVE or path.startswith(_DEEP)
