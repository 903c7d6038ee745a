"""What a service of a copy asks for beyond a box of its own, and who may grant it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.settings import Settings

_HOST_KEYS = ("network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup")
_DEVICE_KEYS = ("devices", "device_cgroup_rules", "gpus")
_FOREIGN = "container:"
_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock")
# What an engine gives every container: to keep some of it is less than to say nothing.
_USUAL = frozenset(
    (
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"),
        *("NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    )
)
# Keys that lead to containers or programs that are not of the copy: nobody can grant them.
_NEVER = ("provider", "credential_spec", "external_links")


@dataclass(frozen=True, slots=True)
class Wish:
    """A service wants something that a copy gives only by name. ``permission`` empty: never."""

    service: str
    permission: str
    detail: str

    def granted(self, settings: Settings) -> bool:
        """Tell whether ``cmi.yaml`` allows it."""
        return bool(self.permission) and settings.allows(self.permission, self.service)

    @property
    def reason(self) -> str:
        """Say why the service is not in the copy without it."""
        if not self.permission:
            return f"it needs {self.detail}, which a copy cannot have"
        return f"it needs {self.detail}, and cmi.yaml does not permit {self.permission}"


def wishes(name: str, service: Mapping[str, Any], root: str) -> tuple[Wish, ...]:
    """List what ``service`` asks for; ``root`` is the folder of the platform's source."""
    found = (*_rights(service), *_host(service), *_neighbours(service), *_mounts(service, root))
    return tuple(dict.fromkeys(Wish(name, permission, detail) for permission, detail in found))


def _rights(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if service.get("privileged"):
        yield "privileged", "privileged"
    for option in service.get("security_opt") or ():
        if "unconfined" in option or option.startswith("label") or "=disable" in option:
            yield "privileged", f"security_opt {option}"
    for hook in ("post_start", "pre_stop"):
        if any(each.get("privileged") for each in service.get(hook) or ()):
            yield "privileged", f"{hook} with privileges"
    for capability in service.get("cap_add") or ():
        if str(capability).upper().removeprefix("CAP_") not in _USUAL:
            yield "capabilities", f"capability {capability}"


def _host(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in _HOST_KEYS:
        if service.get(key) == "host":
            yield "host-namespaces", f"{key}: host"
    for key in _DEVICE_KEYS:
        if service.get(key):
            yield "devices", key
    reservations = ((service.get("deploy") or {}).get("resources") or {}).get("reservations") or {}
    if reservations.get("devices"):
        yield "devices", "deploy.resources.reservations.devices"
    if service.get("use_api_socket"):
        yield "engine-socket", "use_api_socket"


def _neighbours(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in _NEVER:
        if service.get(key):
            yield "", key
    for key in _HOST_KEYS:
        if str(service.get(key) or "").startswith(_FOREIGN):
            yield "", f"{key} of a container that is not the platform's"
    for each in service.get("volumes_from") or ():
        if each.startswith(_FOREIGN):
            yield "", "volumes of a container that is not the platform's"


def _mounts(service: Mapping[str, Any], root: str) -> Iterator[tuple[str, str]]:
    for mount in service.get("volumes") or ():
        source = str(mount.get("source") or "")
        if mount.get("type") in {"npipe", "cluster", "image"}:
            yield "", f"a mount of type {mount['type']}"
        elif mount.get("type") == "bind" and source.endswith(_SOCKETS):
            yield "engine-socket", source
        elif mount.get("type") == "bind" and not inside(source, root):
            yield "bind-mounts", source


def inside(path: str, root: str) -> bool:
    """Tell whether a path lies in the platform's own folder."""
    plain = posixpath.normpath(path)
    return plain == root or plain.startswith(root.rstrip("/") + "/")
