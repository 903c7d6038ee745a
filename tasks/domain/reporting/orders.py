"""In which order services start: what others need comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from tasks.domain.platform.model import Platform


def start_order(platform: Platform) -> tuple[tuple[str, ...], ...]:
    """Group services into steps: each step needs only what earlier steps started.

    Services that need each other in a circle share a step. Names are sorted, so that the
    order follows from the platform alone.
    """
    graph = _graph(platform)
    whole = nx.condensation(graph)
    depth: dict[int, int] = {}
    for group in reversed(list(nx.topological_sort(whole))):
        depth[group] = max((depth[needed] + 1 for needed in whole.successors(group)), default=0)
    steps: dict[int, list[str]] = {}
    for group, level in depth.items():
        steps.setdefault(level, []).extend(whole.nodes[group]["members"])
    return tuple(tuple(sorted(steps[level])) for level in sorted(steps))


def needed_by(platform: Platform) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return what each service needs, and who needs it."""
    graph = _graph(platform)
    needs = {name: sorted(graph.successors(name)) for name in graph}
    return needs, {name: sorted(graph.predecessors(name)) for name in graph}


def _graph(platform: Platform) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(service.name for service in platform.services)
    for edge in platform.edges:
        if edge.source in graph and edge.target in graph and edge.source != edge.target:
            graph.add_edge(edge.source, edge.target)
    return graph
