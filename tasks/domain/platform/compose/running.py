"""How a Compose service is started, stopped, named and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks.domain.platform.compose.isolation import sited
from tasks.domain.platform.compose.quantities import seconds
from tasks.domain.platform.compose.tree import Table, child, text
from tasks.domain.platform.containers import Sited
from tasks.domain.platform.model import Logging

if TYPE_CHECKING:
    from tasks.domain.platform.nodes import Place

# Drivers that keep all they get in files of this host until somebody says how much.
_UNBOUNDED = frozenset({"", "json-file"})


def running_of(service: Table, path: str) -> dict[str, Any]:
    """Give the fields of a service that its container does not have, by their names."""
    fields = service.items

    def host(name: str) -> Sited[bool] | None:
        return sited(fields.get(name), f"{path}.{name}", lambda mode: mode == "host")

    return {
        "restart": sited(fields.get("restart"), f"{path}.restart", str),
        "deploy_restart": _deploy_restart(service, path),
        "grace": sited(fields.get("stop_grace_period"), f"{path}.stop_grace_period", seconds),
        "stop_signal": sited(fields.get("stop_signal"), f"{path}.stop_signal", str),
        "fixed_name": sited(fields.get("container_name"), f"{path}.container_name", str),
        "architecture": sited(fields.get("platform"), f"{path}.platform", str),
        "host_uts": host("uts"),
        "host_users": host("userns_mode"),
        "logging": _logging(service, path),
    }


def _deploy_restart(service: Table, path: str) -> Sited[str] | None:
    """Read the policy of ``deploy``, whose condition is ``any`` unless another is written."""
    condition = child(service, "deploy", "restart_policy", "condition")
    if condition is None and child(service, "deploy", "restart_policy") is not None:
        place: Place = service.keys["deploy"]
        return Sited("any", place, f"{path}.deploy.restart_policy")
    return sited(condition, f"{path}.deploy.restart_policy.condition", str)


def _logging(service: Table, path: str) -> Logging | None:
    written = service.items.get("logging")
    if not isinstance(written, Table):
        return None
    driver = text(written.items.get("driver"))
    options = written.items.get("options")
    limited = isinstance(options, Table) and "max-size" in options.items
    bounded = limited or driver not in _UNBOUNDED
    return Logging(driver, bounded, service.keys["logging"], f"{path}.logging")
