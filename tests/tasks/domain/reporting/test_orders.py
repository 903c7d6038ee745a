from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.platform.model import Edge, Platform
from tasks.domain.reporting.orders import needed_by, start_order
from tests.bundles import PLATFORM, place, service


def platform(names: list[str], edges: list[tuple[str, str]]) -> Platform:
    made = tuple(service(name, 1) for name in names)
    linked = tuple(Edge(a, b, "depends_on", place(1)) for a, b in edges)
    return Platform(PLATFORM.entry, services=made, edges=linked)


def test_what_others_need_starts_first() -> None:
    assert start_order(PLATFORM) == (("db",), ("orders",), ("web",))


def test_services_in_a_circle_share_a_step() -> None:
    circle = platform(["a", "b", "c"], [("a", "b"), ("b", "a"), ("c", "a")])

    assert start_order(circle) == (("a", "b"), ("c",))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_no_step_needs_a_later_one(pairs: list[tuple[int, int]]) -> None:
    edges = [(f"s{a}", f"s{b}") for a, b in pairs]
    made = platform([f"s{i}" for i in range(10)], edges)
    step = {name: n for n, names in enumerate(start_order(made)) for name in names}
    reach = nx.DiGraph(edges)

    assert len(step) == 10
    for a, b in edges:
        circle = nx.has_path(reach, b, a)
        assert step[b] == step[a] if circle else step[b] < step[a]


def test_an_edge_to_nowhere_or_to_itself_is_no_need() -> None:
    needs, needed = needed_by(platform(["a"], [("a", "a"), ("a", "gone")]))

    assert (needs, needed) == ({"a": []}, {"a": []})
