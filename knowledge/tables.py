"""Tables that checks look things up in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class RemovedApi:
    """A version that Kubernetes stopped serving in ``removed``; no successor: gone for good."""

    api_version: str
    kind: str
    removed: str
    successor: str


@cache
def removed_apis() -> Mapping[tuple[str, str], RemovedApi]:
    """Map (apiVersion, kind) to what became of it."""
    rows = (
        RemovedApi(group["api_version"], kind, str(group["removed"]), group.get("successor", ""))
        for group in _read("removed_apis.yaml")
        for kind in group["kinds"]
    )
    return {(row.api_version, row.kind): row for row in rows}


def _read(name: str) -> Any:
    text = (resources.files("knowledge") / name).read_text("utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader, in C
