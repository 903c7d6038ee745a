from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.reporting.pictures import (
    BOX_HEIGHT,
    BOX_WIDTH,
    MOST_SHOWN,
    Picture,
    exposures,
    picture,
)
from tests.bundles import bundle


def document(names: list[str], edges: list[tuple[str, str]]) -> dict[str, Any]:
    services = [{"name": name, "containers": []} for name in names]
    platform = {
        "services": services,
        "endpoints": [],
        "edges": [{"source": a, "target": b} for a, b in edges],
    }
    return {"platform": platform, "findings": [], "candidates": []}


def drawn(names: list[str], edges: list[tuple[str, str]]) -> Picture:
    return picture(document(names, edges))


def test_a_service_stands_left_of_what_it_needs() -> None:
    places = {box.name: box.x for box in picture(bundle().document).boxes}

    assert places["web"] < places["orders"] < places["db"]


GRAPHS = st.integers(0, 30).flatmap(
    lambda n: st.tuples(
        st.just([f"s{i}" for i in range(n)]),
        st.lists(st.tuples(st.integers(0, max(n - 1, 0)), st.integers(0, max(n - 1, 0)))),
    )
)


@settings(max_examples=60, deadline=None)
@given(GRAPHS)
def test_any_graph_with_cycles_and_loops_is_drawn_without_overlap(
    graph: tuple[list[str], list[tuple[int, int]]],
) -> None:
    names, pairs = graph
    edges = [(f"s{a}", f"s{b}") for a, b in pairs]
    made = drawn(names, edges)

    assert sorted(box.name for box in made.boxes) == sorted(names)
    for one, other in combinations(made.boxes, 2):
        assert abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT
    for box in made.boxes:
        assert 0 <= box.x <= made.width - BOX_WIDTH
        assert 0 <= box.y <= made.height - BOX_HEIGHT


def test_a_service_that_needs_nothing_stands_apart() -> None:
    made = drawn(["a", "b", "alone"], [("a", "b")])
    places = {box.name: box.y for box in made.boxes}

    assert made.isolated_y is not None
    assert places["alone"] > made.isolated_y > places["a"]


def test_a_large_platform_shows_what_is_connected_and_counts_the_rest() -> None:
    names = [f"s{i}" for i in range(100)]
    made = drawn(names, [("s0", f"s{i}") for i in range(1, 40)])

    assert len(made.boxes) == 40
    assert made.left_out == 60


def test_a_huge_platform_stays_drawable() -> None:
    names = [f"s{i}" for i in range(3000)]
    made = drawn(names, [(f"s{i}", f"s{i + 1}") for i in range(2999)])

    assert len(made.boxes) == MOST_SHOWN


def test_a_deep_chain_needs_no_recursion() -> None:
    names = [f"s{i}" for i in range(60)]

    assert len(drawn(names, [(f"s{i}", f"s{i + 1}") for i in range(59)]).arrows) == 59


def test_a_port_published_to_this_machine_alone_is_no_exposure() -> None:
    platform = document(["web", "db"], [])["platform"]
    port = {"container": 80, "host": 8080, "host_ip": "", "protocol": "tcp"}
    platform["services"][0]["containers"] = [{"ports": [port]}]
    platform["services"][1]["containers"] = [{"ports": [port | {"host_ip": "127.0.0.1"}]}]

    assert exposures(platform) == {"web": "8080"}


def test_what_a_load_balancer_reaches_is_exposed() -> None:
    platform = document(["web", "db"], [])["platform"]
    port = {"container": 443, "host": None, "host_ip": "", "protocol": "tcp"}
    platform["endpoints"] = [
        {"kind": "Service", "type": "LoadBalancer", "targets": ["web"], "ports": [port]},
        {"kind": "Service", "type": "ClusterIP", "targets": ["db"], "ports": [port]},
        {"kind": "Ingress", "type": "", "targets": ["web"], "ports": []},
    ]

    assert exposures(platform) == {"web": "443, Ingress"}
