"""Changes of what happens to pods while nodes are drained, versions change and load grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit
from tasks.domain.insertions import merged
from tasks.domain.platform.nodes import Scalar, Span
from tasks.domain.security.candidates import definitions, documents, kubernetes
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.security.candidates.resources import USUAL_CPU_REQUEST
from tasks.domain.security.candidates.setting import Root, find

if TYPE_CHECKING:
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.security.candidates.ground import Ground

USUAL_MEMORY_REQUEST = "128Mi"
_REQUESTS = {"cpu": USUAL_CPU_REQUEST, "memory": USUAL_MEMORY_REQUEST}


def keep_most(ground: Ground, finding: Finding) -> Proposal:
    """Let a drain take one pod of a service at a time."""
    service = ground.service(finding.subject)
    budget: dict[str, Tree] = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": documents.metadata(service.name, service.namespace),
        "spec": {
            "maxUnavailable": 1,
            "selector": {"matchLabels": dict(documents.pods_of(ground, service))},
        },
    }
    return Proposal((finding.id,), documents.appended(ground, service.place.file, [budget]))


def let_one_go(ground: Ground, finding: Finding) -> Proposal:
    """Let a drain take one pod where the budget lets none go."""
    place = finding.place
    root = kubernetes.find_object(
        ground, place.file, place.line, "PodDisruptionBudget", finding.subject
    )
    spec = kubernetes.below(root.node, "spec")
    for key in ("minAvailable", "maxUnavailable"):
        pair = find(spec, key) if spec is not None else None
        if pair is not None and isinstance(pair.value, Scalar) and not pair.value.anchor:
            span = Span(pair.key.start, pair.value.end)
            return Proposal((finding.id,), (Edit(place.file, span, "maxUnavailable: 1"),))
    msg = "the budget's number is not written where it takes effect"
    raise NotOfferedError(msg)


def spread(ground: Ground, finding: Finding) -> Proposal:
    """Ask for copies on different nodes, as far as there are nodes."""
    service = ground.service(finding.subject)
    apart: dict[str, Tree] = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(documents.pods_of(ground, service))},
    }
    pod = kubernetes.pod_root(ground, service)
    return Proposal((finding.id,), kubernetes.add_item(pod, "topologySpreadConstraints", apart))


def roll(ground: Ground, finding: Finding) -> Proposal:
    """Start the new version before the old one ends."""
    service = ground.service(finding.subject)
    mounts = [mount for each in service.containers for mount in each.mounts]
    ports = [port for each in service.containers for port in each.ports]
    if any(m.kind == "bind" for m in mounts) or any(p.host is not None for p in ports):
        msg = "two copies would share a folder or a port of their node"
        raise NotOfferedError(msg)
    root = kubernetes.workload_root(ground, service)
    strategy: dict[tuple[str, ...], Tree] = {("spec", "strategy", "type"): "RollingUpdate"}
    return Proposal((finding.id,), kubernetes.put_fields(root, strategy))


def leave_to_autoscaler(ground: Ground, finding: Finding) -> Proposal:
    """Remove the number of copies that an autoscaler sets."""
    root = kubernetes.workload_root(ground, ground.service(finding.subject))
    spec = kubernetes.below(root.node, "spec") or root.node
    edit = definitions.without(Root(root.written, spec), "replicas")
    return Proposal((finding.id,), (edit,))


def request(ground: Ground, finding: Finding) -> Proposal:
    """Ask the scheduler for a usual share, so that a pod is placed where there is room."""
    root = kubernetes.container_root(ground, finding)
    leaves: dict[tuple[str, ...], Tree] = {
        ("resources", "requests", name): amount for name, amount in _REQUESTS.items()
    }
    return Proposal((finding.id,), kubernetes.put_fields(root, leaves), dict(_REQUESTS))


def request_for_autoscaler(ground: Ground, finding: Finding) -> Proposal:
    """Request what the autoscaler measures a share of."""
    resource = finding.facts.get("resource", "")
    if resource not in _REQUESTS:
        msg = f"nobody knows how much {resource} is usual"
        raise NotOfferedError(msg)
    scaler = next(
        each for each in ground.platform.cluster.autoscalers if each.of.name == finding.subject
    )
    service = ground.service(scaler.target)
    pod = kubernetes.pod_root(ground, service)
    edits: list[Edit] = []
    for root, container in kubernetes.written_containers(pod, service):
        own = container.resources
        known = (
            (own.cpu_request or own.cpu_limit)
            if resource == "cpu"
            else (own.memory_request or own.memory_limit)
        )
        if known is None and container.role != "init":
            way = ("resources", "requests", resource)
            edits += kubernetes.put_fields(root, {way: _REQUESTS[resource]})
    return Proposal((finding.id,), tuple(merged(edits)))
