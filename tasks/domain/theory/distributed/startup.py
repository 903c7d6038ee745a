"""Start-up: what the gates between services alone cost, and on which path.

The model is Docker's health monitor: it waits one interval, probes, waits
again; a dependent with ``service_healthy`` starts after the first success.
During ``start_period`` the interval is ``start_interval`` (5 s by default,
engine 25 and later). Kubernetes starts pods side by side: nothing gates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from tasks.domain.platform.containers import HealthProbe
    from tasks.domain.platform.model import Edge, Platform, Service

DEFAULT_INTERVAL = 30.0  # seconds, Docker's health-check default
DEFAULT_START_INTERVAL = 5.0  # seconds, engine 25 and later
ASSUMED_READY = 1.0  # seconds from start of a process until it would answer; measured only live

_HEALTHY = "service_healthy"
_ORDERING = frozenset({"depends_on", "links", "volumes_from", "network_mode"})


@dataclass(frozen=True, slots=True)
class Gate:
    """A service that others wait for until it is healthy. Seconds."""

    service: str
    interval: float
    wait: float  # from its start until its dependents are released
    best: float  # the same with a probe every second

    @property
    def lost(self) -> float:
        """Seconds that the probe's rhythm alone costs."""
        return self.wait - self.best


@dataclass(frozen=True, slots=True)
class StartUp:
    """The longest chain of gates, in starting order, and what it costs under `ASSUMED_READY`."""

    path: tuple[str, ...]
    seconds: float
    best: float  # the longest chain if every gate probed each second
    gates: tuple[Gate, ...]
    circles: tuple[tuple[str, ...], ...]  # services that wait for each other: they never start
    levels: int  # services on the longest chain of any start-up dependency


def first_probe(probe: HealthProbe) -> float:
    """Give the seconds from a container's start to its first probe, and between the next ones."""
    if probe.start_period:
        return probe.start_interval or DEFAULT_START_INTERVAL
    return probe.interval or DEFAULT_INTERVAL


def start_up(platform: Platform) -> StartUp:
    """Find the critical path of the start. Edges inside a circle are left out and named."""
    services = {service.name: service for service in platform.services}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(services)
    for edge in platform.edges:
        if edge.kind in _ORDERING and edge.source in services and edge.target in services:
            _add(graph, edge)
    circles = [group for group in nx.strongly_connected_components(graph) if len(group) > 1]
    for group in circles:
        graph.remove_edges_from(list(graph.subgraph(group).edges))
    gates = {name: gate for name in services if (gate := _gate(services[name])) is not None}
    waits = {name: gate.wait for name, gate in gates.items()}
    path, seconds = _longest(graph, waits)
    _, best = _longest(graph, {name: gate.best for name, gate in gates.items()})
    waited_for = {t for s, t in graph.edges if graph.edges[s, t]["healthy"]}
    return StartUp(
        path=path,
        seconds=seconds,
        best=best,
        gates=tuple(gates[name] for name in sorted(waited_for & set(gates))),
        circles=tuple(sorted(tuple(sorted(group)) for group in circles)),
        levels=nx.dag_longest_path_length(graph, weight="hops") + 1 if graph else 0,
    )


def _add(graph: nx.DiGraph[str], edge: Edge) -> None:
    """Several edges between two services count as the strictest of them."""
    if edge.source == edge.target:
        return
    already = graph.get_edge_data(edge.source, edge.target) or {}
    healthy = edge.condition == _HEALTHY or already.get("healthy", False)
    graph.add_edge(edge.source, edge.target, healthy=healthy, hops=1)


def _gate(service: Service) -> Gate | None:
    for container in service.containers:
        for probe in container.probes:
            if probe.kind == "health" and not probe.disabled:
                return _gate_of(service.name, probe)
    return None


def _gate_of(name: str, probe: HealthProbe) -> Gate:
    rhythm = first_probe(probe)
    wait = math.ceil(ASSUMED_READY / rhythm) * rhythm if rhythm > 0 else ASSUMED_READY
    return Gate(name, rhythm, wait, min(wait, float(math.ceil(ASSUMED_READY))))


def _wait(graph: nx.DiGraph[str], name: str, target: str, waits: dict[str, float]) -> float:
    healthy = graph.edges[name, target]["healthy"]
    return waits.get(target, ASSUMED_READY) if healthy else 0.0


def _longest(graph: nx.DiGraph[str], waits: dict[str, float]) -> tuple[tuple[str, ...], float]:
    """Walk from what starts first; a gate adds its wait only for those who ask for health."""
    arrival: dict[str, float] = {}
    came_from: dict[str, str | None] = {}
    for name in reversed(list(nx.topological_sort(graph))):
        ready = {
            target: arrival[target] + _wait(graph, name, target, waits)
            for target in graph.successors(name)
        }
        last = max(sorted(ready), key=ready.__getitem__, default=None)
        arrival[name], came_from[name] = (ready[last], last) if last else (0.0, None)
    end = max(sorted(arrival), key=arrival.__getitem__, default=None)
    seconds = arrival[end] if end else 0.0
    path: list[str] = []
    while end is not None and seconds:
        path.append(end)
        end = came_from[end]
    return tuple(reversed(path)), seconds
