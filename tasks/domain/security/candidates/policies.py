"""Network policies: nobody may connect but those that the files show to need it."""

from __future__ import annotations

from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING

from tasks.domain.canonical import canonical_json
from tasks.domain.security.candidates import documents
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal

if TYPE_CHECKING:
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Endpoint, Service
    from tasks.domain.security.candidates.ground import Ground

_DEFAULT = "default"
_OUTWARD = frozenset({"LoadBalancer", "NodePort", "ExternalName"})
_SCRAPED = "prometheus.io/scrape"
_EVERYWHERE: Tree = {"namespaceSelector": {}}
_NEIGHBOURS: Tree = {"podSelector": {}}


def deny_by_default(ground: Ground, finding: Finding) -> Proposal:
    """Close a namespace, and open it for the edges of the graph and for what is published.

    A service that has a name in the cluster but no known caller stays open to its
    own namespace: a caller that we do not see would be cut off.
    """
    here = [s for s in ground.platform.services if _namespace(s) == finding.subject]
    if any(s.host_network and s.host_network.value for s in here):
        msg = "pods on their node's network have no labels that a policy could name"
        raise NotOfferedError(msg)
    spec: dict[str, Tree] = {"podSelector": {}, "policyTypes": ["Ingress"]}
    found = [_policy("default-deny-ingress", here[0].namespace, spec)]
    for service in here:
        peers = _peers(ground, service)
        if peers is None:
            continue
        rule: Tree = {"from": peers} if peers else {}
        selector: Tree = {"matchLabels": dict(documents.pods_of(ground, service))}
        spec = {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": [rule]}
        found.append(_policy(f"allow-to-{service.name}"[:63], service.namespace, spec))
    file = min(here, key=lambda each: each.place).place.file
    edits = documents.appended(ground, file, found)
    return Proposal((finding.id,), edits, {"policies": str(len(found))})


class _Graph:
    """Who leads to whom, looked up by name."""

    def __init__(self, ground: Ground) -> None:
        platform = ground.platform
        self.leading_to: dict[str, list[Endpoint]] = defaultdict(list)
        for endpoint in platform.endpoints:
            for name in dict.fromkeys(endpoint.targets):
                self.leading_to[name].append(endpoint)
        self._sources: dict[str, set[str]] = defaultdict(set)
        for edge in platform.edges:
            self._sources[edge.target].add(edge.source)
        self._named: dict[str, list[tuple[int, Service]]] = defaultdict(list)
        for number, service in enumerate(platform.services):
            self._named[service.name].append((number, service))

    def callers(self, name: str) -> list[Service]:
        """Give who calls ``name``, in the order of the platform."""
        found = [each for source in self._sources[name] for each in self._named[source]]
        return [service for _, service in sorted(found, key=itemgetter(0))]


def _policy(name: str, namespace: str, spec: dict[str, Tree]) -> dict[str, Tree]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": documents.metadata(name, namespace),
        "spec": spec,
    }


def _namespace(service: Service) -> str:
    return service.namespace or _DEFAULT


def _peers(ground: Ground, service: Service) -> list[Tree] | None:
    """List who may connect; an empty list is everybody, None is nobody."""
    graph = ground.once(_Graph)
    endpoints = graph.leading_to[service.name]
    ports = [port for each in service.containers for port in each.ports]
    published = any(e.kind != "Service" or e.type in _OUTWARD for e in endpoints)
    if published or any(port.host is not None for port in ports):
        return []
    known = [each for each in graph.callers(service.name) if each is not service]
    peers = [_peer(ground, each, service) for each in known]
    if any(s.host_network and s.host_network.value for s in known):
        return []
    names = {service.name, *(e.name for e in endpoints)}
    if _scraped(ground, names):
        return [_EVERYWHERE]
    if peers:
        itself = [_itself(ground, service)] if _copies(service) else []
        found: dict[bytes, Tree] = {}
        for each in (*peers, *itself):
            found.setdefault(canonical_json(each), each)
        return list(found.values())
    return [_NEIGHBOURS] if endpoints else None


def _peer(ground: Ground, caller: Service, service: Service) -> Tree:
    pods: Tree = {"matchLabels": dict(documents.pods_of(ground, caller))}
    if _namespace(caller) == _namespace(service):
        return {"podSelector": pods}
    name: Tree = {"matchLabels": {"kubernetes.io/metadata.name": _namespace(caller)}}
    return {"namespaceSelector": name, "podSelector": pods}


def _itself(ground: Ground, service: Service) -> Tree:
    return {"podSelector": {"matchLabels": dict(documents.pods_of(ground, service))}}


def _copies(service: Service) -> bool:
    """Tell whether its pods may form a cluster of their own."""
    return service.kind in {"StatefulSet", "DaemonSet"}


def _scraped(ground: Ground, names: set[str]) -> bool:
    markers = ground.platform.cluster.markers
    return any(each.name == _SCRAPED and each.subject in names for each in markers)
