"""Who needs whom: the platform's graph without cycles, and who is hit when a service is down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.platform.model import Endpoint, Platform, Service

# Whom another one only waits for until it has ended is not needed afterwards.
_ONE_SHOT = "service_completed_successfully"
_JOBS = frozenset({"Job", "CronJob"})
_OUTSIDE = frozenset({"LoadBalancer", "NodePort"})


@dataclass(frozen=True, slots=True)
class Needs:
    """The graph that the figures are computed on.

    ``uses`` maps a service to those it needs at run time. Services that need
    each other in a circle stand or fall together: ``circles`` names them, and
    ``blast`` counts them as one.
    """

    uses: Mapping[str, tuple[str, ...]]
    blast: Mapping[str, frozenset[str]]  # who is down when this one is, itself included
    circles: tuple[tuple[str, ...], ...]
    doors: tuple[str, ...]  # services that users reach first
    replicas: Mapping[str, int]

    def closure(self, name: str) -> frozenset[str]:
        """List everything that ``name`` needs to answer, itself included."""
        return frozenset(other for other, hit in self.blast.items() if name in hit)


def ending(platform: Platform) -> frozenset[str]:
    """Name the services for whose end others wait: they do their work, and are gone."""
    return frozenset(each.target for each in platform.edges if each.condition == _ONE_SHOT)


def needs_of(platform: Platform) -> Needs:
    """Build the graph from dependencies and references; edges to unknown services are dropped.

    Who ends is not in it: nothing can stop it afterwards.
    """
    ended = ending(platform)
    staying = (each for each in platform.services if each.kind not in _JOBS)
    names = [service.name for service in staying if service.name not in ended]
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(dict.fromkeys(names))
    known = set(graph)
    for edge in platform.edges:
        if edge.source != edge.target and {edge.source, edge.target} <= known:
            graph.add_edge(edge.source, edge.target)
    return Needs(
        uses={name: tuple(sorted(graph.successors(name))) for name in graph},
        blast=_blast(graph),
        circles=_circles(graph),
        doors=tuple(_doors(platform, graph)),
        replicas={s.name: _replicas(s) for s in platform.services if s.name in known},
    )


def _blast(graph: nx.DiGraph[str]) -> dict[str, frozenset[str]]:
    """Close the graph over its circles, callers last, so that each set is built once."""
    whole = nx.condensation(graph)
    hit: dict[int, frozenset[str]] = {}
    for group in nx.topological_sort(whole):
        callers = (hit[caller] for caller in whole.predecessors(group))
        hit[group] = frozenset(whole.nodes[group]["members"]).union(*callers)
    return {name: hit[whole.graph["mapping"][name]] for name in graph}


def _circles(graph: nx.DiGraph[str]) -> tuple[tuple[str, ...], ...]:
    groups = (sorted(group) for group in nx.strongly_connected_components(graph))
    return tuple(sorted(tuple(group) for group in groups if len(group) > 1))


def _doors(platform: Platform, graph: nx.DiGraph[str]) -> Iterator[str]:
    """Yield the services that are published; when none is, those that nobody needs."""
    published = {s.name for s in platform.services if _published(s)}
    published |= {t for e in platform.endpoints if _outside(e) for t in e.targets}
    open_doors = sorted(published & set(graph))
    yield from open_doors or sorted(name for name in graph if not graph.in_degree(name))


def _published(service: Service) -> bool:
    host = service.host_network is not None and service.host_network.value
    return host or any(p.host is not None for c in service.containers for p in c.ports)


def _outside(endpoint: Endpoint) -> bool:
    return endpoint.kind == "Ingress" or endpoint.type in _OUTSIDE


def _replicas(service: Service) -> int:
    return service.replicas.value if service.replicas is not None else 1
