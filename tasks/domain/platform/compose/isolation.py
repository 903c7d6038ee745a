"""What separates a Compose service from its host, and what it may use of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tasks.domain.platform.compose.quantities import number, seconds, size, switch, whole
from tasks.domain.platform.compose.tree import Leaf, Table, Tree, child, leaves, text
from tasks.domain.platform.containers import (
    HealthProbe,
    Isolation,
    Resources,
    Sited,
)
from tasks.domain.platform.vacuous import is_vacuous

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_PRIVILEGES = "no-new-privileges"


def sited(tree: Tree | None, path: str, read: Callable[[str], T | None]) -> Sited[T] | None:
    """Read a scalar with its place; None when it is not written or not understood."""
    if not isinstance(tree, Leaf) or tree.value is None:
        return None
    value = read(tree.text)
    return None if value is None else Sited(value, tree.place, path)


def isolation_of(service: Table, path: str) -> Isolation:
    """Read privileges, user, capabilities and security options."""
    fields = service.items
    return Isolation(
        privileged=sited(fields.get("privileged"), f"{path}.privileged", switch),
        user=sited(fields.get("user"), f"{path}.user", str),
        read_only_root=sited(fields.get("read_only"), f"{path}.read_only", switch),
        escalation=_option(service, path, _escalation),
        capabilities_added=texts(fields.get("cap_add"), f"{path}.cap_add"),
        capabilities_dropped=texts(fields.get("cap_drop"), f"{path}.cap_drop"),
        seccomp=_option(service, path, _seccomp),
        confinement_off=_option(service, path, _unconfined),
        unmasked=_option(service, path, _unmasked),
        devices=texts(fields.get("devices"), f"{path}.devices"),
    )


def texts(tree: Tree | None, path: str) -> tuple[Sited[str], ...]:
    """Read a list of names, each with its place."""
    return tuple(Sited(x.text, x.place, f"{path}[{i}]") for i, x in enumerate(leaves(tree)))


def _option(service: Table, path: str, read: Callable[[str], T | None]) -> Sited[T] | None:
    for option in texts(service.items.get("security_opt"), f"{path}.security_opt"):
        value = read(option.value)
        if value is not None:
            return Sited(value, option.place, option.path)
    return None


def _escalation(option: str) -> bool | None:
    if not option.startswith(_PRIVILEGES):
        return None
    forbidden = switch(option.removeprefix(_PRIVILEGES).lstrip(":=") or "true")
    return None if forbidden is None else not forbidden


def _seccomp(option: str) -> str | None:
    return option[len("seccomp:") :] if option.startswith(("seccomp:", "seccomp=")) else None


def _unconfined(option: str) -> str | None:
    found = {
        "apparmor:unconfined": "AppArmor",
        "label:disable": "SELinux",
        "label:type:spc_t": "SELinux",
    }
    return found.get(option.replace("=", ":"))


def _unmasked(option: str) -> bool | None:
    return option.replace("=", ":") == "systempaths:unconfined" or None


_RESOURCES = (
    ("memory_limit", ("deploy", "resources", "limits", "memory"), size),
    ("memory_limit", ("mem_limit",), size),
    ("memory_request", ("deploy", "resources", "reservations", "memory"), size),
    ("memory_request", ("mem_reservation",), size),
    ("cpu_limit", ("deploy", "resources", "limits", "cpus"), number),
    ("cpu_limit", ("cpus",), number),
    ("cpu_request", ("deploy", "resources", "reservations", "cpus"), number),
)


def resources_of(service: Table, path: str) -> Resources:
    """Read limits and reservations; what is no quantity is listed as invalid."""
    found: dict[str, Sited[int] | Sited[float]] = {}
    invalid: list[Sited[str]] = []
    for name, way, read in _RESOURCES:
        leaf, at = child(service, *way), ".".join((path, *way))
        value: Sited[int] | Sited[float] | None = sited(leaf, at, read)
        if value is not None:
            found.setdefault(name, value)
        elif isinstance(leaf, Leaf) and leaf.value is not None:
            invalid.append(Sited(leaf.text, leaf.place, at))
    pids = child(service, "deploy", "resources", "limits", "pids") or service.items.get(
        "pids_limit"
    )
    off = service.items.get("oom_kill_disable")
    others = {
        "pids_limit": sited(pids, f"{path}.pids_limit", whole),
        "oom_killer_off": sited(off, f"{path}.oom_kill_disable", switch),
    }
    return Resources(**found, **others, invalid=tuple(invalid))  # type: ignore[arg-type]  # the table pairs each name with its reader


def probes_of(service: Table, path: str) -> tuple[HealthProbe, ...]:
    """Read the health check; nothing written means that the image's own holds."""
    written = service.items.get("healthcheck")
    if not isinstance(written, Table):
        return ()
    test = written.items.get("test")
    words = [leaf.text for leaf in leaves(test)]
    disabled = switch(text(written.items.get("disable"))) is True or words[:1] == ["NONE"]
    retries = text(written.items.get("retries"))

    def duration(name: str) -> float | None:
        return seconds(text(written.items.get(name)))

    probe = HealthProbe(
        "health",
        service.keys["healthcheck"],
        f"{path}.healthcheck",
        action="command" if words and not disabled else "",
        interval=duration("interval"),
        timeout=duration("timeout"),
        start_period=duration("start_period"),
        start_interval=duration("start_interval"),
        retries=whole(retries),
        disabled=disabled,
        vacuous=_vacuous(words, as_text=isinstance(test, Leaf)),
    )
    return (probe,)


def _vacuous(words: list[str], *, as_text: bool) -> bool:
    if as_text or words[:1] == ["CMD-SHELL"]:
        return is_vacuous(words if as_text else words[1:], in_shell=True)
    return words[:1] == ["CMD"] and is_vacuous(words[1:])
