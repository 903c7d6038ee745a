"""Single settings of a container, from an engine's words into those of a Compose file."""

from __future__ import annotations

from typing import Any, TypeAlias

Facts: TypeAlias = dict[str, Any]

NANO = 1_000_000_000


def other(value: Any, default: Any) -> Any:
    """Give a value that is not the default."""
    return value if value != default else None


def security(option: str) -> str:
    """Leave the text of a profile out: that there is one is what matters."""
    name, mark, value = option.partition("=")
    return f"{name}{mark}profile.json" if value.startswith("{") else option


def spreads(mount: Facts) -> bool:
    """Tell whether mounts made later are seen through a mount."""
    return mount["Type"] == "bind" and mount.get("Propagation") not in (None, "", "rprivate")


def health(check: Facts | None) -> Facts:
    """Write a health check; what nobody set is left out."""
    if not check or not check.get("Test"):
        return {}
    if check["Test"] == ["NONE"]:
        return {"disable": True}
    times = {
        "interval": "Interval",
        "timeout": "Timeout",
        "start_period": "StartPeriod",
        "start_interval": "StartInterval",
    }
    found = {key: duration(check[name]) for key, name in times.items() if check.get(name)}
    retries = {"retries": check["Retries"]} if check.get("Retries") else {}
    return {"test": check["Test"], **found, **retries}


def duration(nanoseconds: int) -> str:
    """Write a time as Compose does."""
    whole = nanoseconds % NANO == 0
    return f"{nanoseconds // NANO}s" if whole else f"{nanoseconds // 1_000_000}ms"


def needs(label: str) -> Facts:
    """Read the label of the order of starting: ``db:service_healthy:false,cache``."""
    found = {}
    for each in filter(None, label.split(",")):
        name, condition, *_ = [*each.split(":"), ""]
        found[name] = {"condition": condition or "service_started"}
    return found


def restart(policy: Facts) -> str:
    """Write what happens when a service ends."""
    name, most = policy.get("Name") or "", policy.get("MaximumRetryCount") or 0
    return "" if name == "no" else f"{name}:{most}" if name == "on-failure" and most else name
