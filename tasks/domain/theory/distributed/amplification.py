"""Retry amplification: how one failing service is asked many times over.

Worst case of independent retries on every hop: a call that fails is tried
`ASSUMED_ATTEMPTS` times by each caller on each path, so a chain of n hops
multiplies by attempts to the power n (Google SRE book, chapter 22). Real
clients may retry less; the files of a platform do not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from tasks.domain.theory.distributed.needs import Needs

ASSUMED_ATTEMPTS = 3  # one call and two retries, a common client default
MOST_REQUESTS = 10**9  # "this many or more": beyond it the exact factor tells nobody anything


@dataclass(frozen=True, slots=True)
class Amplified:
    """Requests that reach ``service`` at worst for one user request at ``door``."""

    service: str
    door: str
    requests: int
    hops: int  # of the longest path


def amplification(needs: Needs, attempts: int = ASSUMED_ATTEMPTS) -> tuple[Amplified, ...]:
    """Rank the services by the worst factor over all doors; calls inside a circle are left out."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(needs.uses)
    circle = {name: group for group in needs.circles for name in group}
    for caller, callees in needs.uses.items():
        for callee in callees:
            if callee not in circle.get(caller, ()):
                graph.add_edge(caller, callee)
    order = list(nx.topological_sort(graph))
    worst: dict[str, Amplified] = {}
    for door in needs.doors:
        for found in _from(door, graph, order, attempts):
            known = worst.get(found.service)
            if known is None or found.requests > known.requests:
                worst[found.service] = found
    return tuple(sorted(worst.values(), key=lambda each: (-each.requests, each.service)))


def _from(door: str, graph: nx.DiGraph[str], order: list[str], attempts: int) -> list[Amplified]:
    """Sum attempts to the power of hops over all paths from ``door``, in one pass."""
    requests, hops = {door: 1}, {door: 0}
    for caller in order:
        if caller not in requests:
            continue
        for callee in graph.successors(caller):
            requests[callee] = min(
                requests.get(callee, 0) + requests[caller] * attempts, MOST_REQUESTS
            )
            hops[callee] = max(hops.get(callee, 0), hops[caller] + 1)
    return [Amplified(name, door, n, hops[name]) for name, n in requests.items() if name != door]
