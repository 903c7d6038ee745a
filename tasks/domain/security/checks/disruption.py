"""What happens to a service while nodes are drained, versions change and load grows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tasks.domain.findings import Hit, Severity
from tasks.domain.security.checks.parts import Part, parts, provided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasks.domain.platform.cluster import Autoscaler, Selecting
    from tasks.domain.platform.containers import Resources, Sited
    from tasks.domain.platform.model import Platform, Service

_SEVERAL = 3  # copies
_COPIED = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})


def drain_blocked(platform: Platform) -> Iterator[Hit]:
    """Find budgets that let no pod go, so that no node can be emptied."""
    scaled = {each.target for each in platform.cluster.autoscalers}
    named: dict[tuple[str, str], list[Service]] = defaultdict(list)
    for service in platform.services:
        named[service.namespace, service.name].append(service)
    for budget in platform.cluster.budgets:
        of = budget.of.namespace
        copies = _copies([s for name in budget.targets for s in named[of, name]], scaled)
        if copies is None:
            continue
        written = _blocks(budget, copies)
        if written:
            facts = {"written": written.value, "copies": str(copies)}
            yield Hit(budget.of.name, written.place, written.path, facts)


def no_budget(platform: Platform) -> Iterator[Hit]:
    """Find services in several copies that a drain may take away at once.

    Three are a promise of being there; two are often no more than a second try.
    """
    kept = {name for budget in platform.cluster.budgets for name in budget.targets}
    reached = {name for endpoint in platform.endpoints for name in endpoint.targets}
    for service in platform.services:
        several = service.replicas is not None and service.replicas.value >= _SEVERAL
        if service.kind in _COPIED and several and service.name in reached - kept:
            yield Hit(service.name, service.place, service.path, {"copies": _number(service)})


def not_spread(platform: Platform) -> Iterator[Hit]:
    """Find several copies of which nobody said that they shall lie apart."""
    for service in platform.services:
        several = service.replicas is not None and service.replicas.value >= _SEVERAL
        if service.kind in _COPIED and several and not service.spread:
            yield Hit(service.name, service.place, service.path, {"copies": _number(service)})


def update_stops(platform: Platform) -> Iterator[Hit]:
    """Find services that are away while they are updated.

    A volume for one writer needs it so.
    """
    reached = {name for endpoint in platform.endpoints for name in endpoint.targets}
    for service in platform.services:
        written = service.strategy
        claims = any(m.kind == "claim" for c in service.containers for m in c.mounts)
        if written and written.value == "Recreate" and service.name in reached and not claims:
            yield Hit(service.name, written.place, written.path)


def blind_autoscaler(platform: Platform) -> Iterator[Hit]:
    """Find autoscalers that measure a share of a request that nobody makes."""
    aimed: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part in parts(platform, "main", "sidecar"):
        aimed[part.service.name, part.service.kind].append(part)
    for scaler in platform.cluster.autoscalers:
        for part in aimed[scaler.target, scaler.target_kind]:
            resources = part.container.resources
            missing = [
                r for r in scaler.utilised if not _requested(platform, part.service, resources, r)
            ]
            if missing:
                facts = {"resource": missing[0], "target": part.subject}
                yield Hit(scaler.of.name, scaler.of.place, scaler.of.path, facts)
                break


def fixed_replicas(platform: Platform) -> Iterator[Hit]:
    """Find numbers of copies that are written down although an autoscaler sets them."""
    known = _aims(platform)
    for scaler in platform.cluster.autoscalers:
        service = known.get(_aim(scaler))
        if service and service.replicas:
            facts = {"scaler": scaler.of.name}
            yield Hit(service.name, service.replicas.place, service.replicas.path, facts)


def selects_nothing(platform: Platform) -> Iterator[Hit]:
    """Find budgets, policies and autoscalers for pods that are not here.

    Only where other pods of their namespace are: a folder of policies alone is
    for pods that another folder defines.
    """
    here = {service.namespace for service in platform.services}
    for each in (*platform.cluster.budgets, *platform.cluster.policies):
        if each.of.namespace in here and not each.everybody and not each.targets:
            facts = {"kind": each.of.kind}
            yield Hit(each.of.name, each.of.place, each.of.path, facts)
    known = _aims(platform)
    for scaler in platform.cluster.autoscalers:
        expected = scaler.of.namespace in here and scaler.target_kind in _COPIED
        if expected and _aim(scaler) not in known:
            facts = {"kind": scaler.of.kind}
            yield Hit(scaler.of.name, scaler.of.place, scaler.of.path, facts, Severity.MEDIUM)


def _aims(platform: Platform) -> dict[tuple[str, str, str], Service]:
    """Give what an autoscaler may aim at; of several with one name the first."""
    found: dict[tuple[str, str, str], Service] = {}
    for service in platform.services:
        found.setdefault((service.name, service.kind, service.namespace), service)
    return found


def _aim(scaler: Autoscaler) -> tuple[str, str, str]:
    return scaler.target, scaler.target_kind, scaler.of.namespace


def _copies(chosen: Sequence[Service], scaled: set[str]) -> int | None:
    """Count the pods of a budget; None when a controller decides how many there are."""
    if not chosen or any(s.name in scaled or s.kind not in _COPIED for s in chosen):
        return None
    return sum(service.replicas.value if service.replicas else 1 for service in chosen)


def _blocks(budget: Selecting, copies: int) -> Sited[str] | None:
    least, most = budget.min_available, budget.max_unavailable
    if copies and least:
        keeps = least.value.isdecimal() and int(least.value) >= copies
        if keeps or least.value == "100%":
            return least
    return most if copies and most and most.value in {"0", "0%"} else None


def _requested(platform: Platform, service: Service, resources: Resources, name: str) -> bool:
    known = {
        "cpu": resources.cpu_request or resources.cpu_limit,
        "memory": resources.memory_request or resources.memory_limit,
    }
    given = provided(platform, service) & {f"{name}_request", f"{name}_limit"}
    return name not in known or known[name] is not None or bool(given)


def _number(service: Service) -> str:
    return str(service.replicas.value) if service.replicas else "1"
