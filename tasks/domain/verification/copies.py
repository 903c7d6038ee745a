"""The definition of a disposable copy, made from what Docker Compose says a platform is.

Only what is known to be harmless is taken over; what is new in Compose tomorrow is left
out until somebody has looked at it. The copy has its own networks (internal, without a
way out and without an address of the host), volumes, names and labels. Labels of the
user are dropped, because proxies and updaters act on them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tasks.domain.platform.model import NotAssessed
from tasks.domain.verification.copy_request import EGRESS, Request, labels
from tasks.domain.verification.copy_services import Box, shaped_service
from tasks.domain.verification.permissions import Wish, wishes
from tasks.domain.verification.stand_ins import StandIns, every_text, stand_ins

if TYPE_CHECKING:
    from collections.abc import Iterator

_REMEDY = "Permit it in cmi.yaml (`cmi schema settings` lists the permissions), or test it apart."
# No interface of the host in the copy's networks: whoever listens on the host stays unreachable.
_CLOSED = {"com.docker.network.bridge.inhibit_ipv4": "true"}


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy before it starts. The definition may hold values; it is shown to nobody."""

    project: str
    definition: Mapping[str, Any] = field(repr=False)
    services: tuple[str, ...]
    wishes: tuple[Wish, ...]  # granted ones; the others made their service not assessed
    files: Mapping[str, str]  # of the source, to their place in the copy's folder
    secrets: StandIns
    not_assessed: tuple[NotAssessed, ...] = ()
    changed: tuple[str, ...] = ()  # what is otherwise than in the platform, for people


def copy_of(model: Mapping[str, Any], request: Request) -> Copy:
    """Make the definition of a copy from the answer of ``docker compose config``."""
    services: Mapping[str, Any] = model.get("services") or {}
    asked = {name: wishes(name, each, request.root) for name, each in services.items()}
    missing = dict(_missing(services, asked, request))
    kept = {name: each for name, each in services.items() if name not in missing}
    secrets = _secrets(model, kept, request)
    box = Box(request, secrets)
    shaped = {name: shaped_service(name, each, box) for name, each in kept.items()}
    for each in shaped.values():
        needs = {k: v for k, v in each.pop("depends_on", {}).items() if k in kept}
        if needs:
            each["depends_on"] = needs
    definition = {
        "name": request.project,
        "services": shaped,
        "networks": _networks(shaped, request),
        "volumes": {name: _owned(request) for name in sorted(box.volumes)},
        "configs": _files(model.get("configs") or {}, "configs", box),
        "secrets": _files(model.get("secrets") or {}, "secrets", box),
    }
    return Copy(
        request.project,
        {key: value for key, value in definition.items() if value},
        tuple(kept),
        tuple(wish for name in kept for wish in asked[name]),
        dict(box.files),
        secrets,
        tuple(NotAssessed(f"service {k}", why, _REMEDY) for k, why in missing.items()),
        tuple(dict.fromkeys(box.changed)),
    )


def _missing(
    services: Mapping[str, Any], asked: Mapping[str, tuple[Wish, ...]], request: Request
) -> Iterator[tuple[str, str]]:
    """Name the services that are not in the copy, and those that cannot be without them."""
    found: dict[str, str] = {}
    for name, each in asked.items():
        refused = [wish.reason for wish in each if not wish.granted(request.settings)]
        if refused:
            found[name] = "; ".join(refused)
        elif name in request.lacking:
            found[name] = request.lacking[name]
    grown = True
    while grown:
        grown = False
        for name, service in services.items():
            if name in found:
                continue
            lost = [target for target in _leans_on(service) if target in found]
            if lost:
                found[name] = f"it needs {lost[0]}, which is not in the copy"
                grown = True
    return iter(found.items())


def _leans_on(service: Mapping[str, Any]) -> Iterator[str]:
    for name, need in (service.get("depends_on") or {}).items():
        if need.get("required", True):
            yield name
    for key in ("network_mode", "pid", "ipc"):
        value = str(service.get(key) or "")
        if value.startswith("service:"):
            yield value.partition(":")[2]


def _secrets(model: Mapping[str, Any], kept: Mapping[str, Any], request: Request) -> StandIns:
    if request.settings.secrets == "original":
        return StandIns()
    variables = [
        (key, str(value))
        for service in kept.values()
        for key, value in (service.get("environment") or {}).items()
        if value is not None
    ]
    texts = [*every_text(kept), *every_text(model.get("configs") or {})]
    return stand_ins(variables, texts, model.get("services") or {}, request.seed)


def needed(services: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """List for each service all that it needs, directly or not, as ``depends_on`` tells."""
    found: dict[str, tuple[str, ...]] = {}
    for name in services:
        seen: dict[str, None] = {}
        waiting = list(services[name].get("depends_on", {}))
        while waiting:
            each = waiting.pop()
            if each not in seen and each in services:
                seen[each] = None
                waiting += services[each].get("depends_on", {})
        found[name] = tuple(sorted(seen))
    return found


def _networks(shaped: Mapping[str, Any], request: Request) -> dict[str, Any]:
    names = {name for each in shaped.values() for name in each.get("networks", {})}
    return {
        name: _owned(request)
        | ({} if name == EGRESS else {"internal": True, "driver_opts": dict(_CLOSED)})
        for name in sorted(names)
    }


def _owned(request: Request) -> dict[str, Any]:
    return {"labels": labels(request)}


def _files(defined: Mapping[str, Any], kind: str, box: Box) -> dict[str, Any]:
    """Give each config and secret a file of the copy; whoever uses another one is told."""
    found: dict[str, Any] = {}
    for name, each in defined.items():
        if "content" in each:
            found[name] = {"content": box.secrets.text(str(each["content"]))}
        elif source := each.get("file"):
            place = posixpath.join(kind, name)
            box.files[source] = place
            found[name] = {"file": posixpath.join(box.request.folder, place)}
        elif variable := each.get("environment"):
            place = posixpath.join(kind, name)
            box.files[f"variable {variable}"] = place
            found[name] = {"file": posixpath.join(box.request.folder, place)}
    return found
