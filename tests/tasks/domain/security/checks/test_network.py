from __future__ import annotations

import random
from typing import Any

import pytest

from tasks.domain.findings import Severity
from tasks.domain.platform.containers import Port
from tasks.domain.platform.model import (
    Edge,
    Endpoint,
    KubernetesObject,
    Platform,
    Service,
)
from tests.tasks.domain.security.checks.platforms import PLACE, container, hits, platform, service


def _port(inner: int, host: int | None = None, **fields: Any) -> Port:
    return Port(inner, PLACE, f"ports.{inner}.{host}", host, **fields)


def _publishing(name: str, *ports: Port) -> Service:
    return service(name, container(name, ports=ports))


def _needed(*services: Service) -> Platform:
    edges = tuple(Edge("front", each.name, "depends_on", PLACE) for each in services)
    return platform(*services, _publishing("front", _port(80, 80)), edges=edges)


@pytest.mark.parametrize("host_ip", ["", "0.0.0.0", "::"])  # noqa: S104  # values to find, not to bind
def test_a_store_open_to_every_network_is_severe(host_ip: str) -> None:
    (hit,) = hits(
        "port-on-all-interfaces", platform(_publishing("db", _port(5432, 5432, host_ip=host_ip)))
    )

    assert (hit.subject, hit.severity) == ("db", Severity.HIGH)
    assert hit.facts["protocol"] == "PostgreSQL"


def test_a_service_that_others_need_is_an_inner_one() -> None:
    (hit,) = hits("port-on-all-interfaces", _needed(_publishing("orders", _port(9001, 9001))))

    assert hit.severity is None
    assert hit.facts["needed_by"] == "front"


@pytest.mark.parametrize(
    "port",
    [
        pytest.param(_port(5432, 5432, host_ip="127.0.0.1"), id="bound to the host itself"),
        pytest.param(_port(5432), id="not published"),
        pytest.param(_port(80, 8000), id="a web port"),
    ],
)
def test_what_only_the_host_reaches_or_everybody_should_is_no_finding(port: Port) -> None:
    assert not hits("port-on-all-interfaces", _needed(_publishing("db", port)))


def test_what_only_an_unreachable_helper_needs_may_be_the_door_itself() -> None:
    desk = _publishing("desk", _port(3000, 3000))
    edges = (Edge("importer", "desk", "depends_on", PLACE),)

    assert not hits("port-on-all-interfaces", platform(desk, service("importer"), edges=edges))


def test_a_door_behind_a_hidden_service_behind_a_door_is_an_inner_one() -> None:
    deep = _publishing("settings", _port(8888, 8888))
    edges = (
        Edge("orders", "settings", "reference", PLACE),
        Edge("front", "orders", "reference", PLACE),
    )
    front = _publishing("front", _port(80, 80))

    (hit,) = hits("port-on-all-interfaces", platform(deep, service("orders"), front, edges=edges))

    assert (hit.subject, hit.facts["needed_by"]) == ("settings", "orders")


def test_the_service_that_an_ingress_leads_to_is_no_inner_one() -> None:
    door = Endpoint(
        "shop",
        "Service",
        PLACE,
        "Service/shop:",
        type="NodePort",
        ports=(_port(9001, 30001),),
        targets=("shop",),
    )
    edges = (Edge("way-in", "shop", "reference", PLACE),)

    assert not hits(
        "port-on-all-interfaces", platform(service("shop"), endpoints=(door,), edges=edges)
    )


def test_the_front_door_may_be_open() -> None:
    assert not hits("port-on-all-interfaces", platform(_publishing("front", _port(3000, 3000))))


@pytest.mark.parametrize(
    ("kind", "found"), [("ClusterIP", 0), ("NodePort", 1), ("LoadBalancer", 1)]
)
def test_an_endpoint_that_leads_from_outside_to_a_store_is_severe(kind: str, found: int) -> None:
    front = Endpoint(
        "db", "Service", PLACE, "Service/db:", type=kind, ports=(_port(3306),), targets=("db",)
    )

    assert len(hits("port-on-all-interfaces", platform(service("db"), endpoints=(front,)))) == found


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        pytest.param(_port(80, 8080), _port(81, 8080), True, id="the same port"),
        pytest.param(_port(80, 8080), _port(80, 8081), False, id="another port"),
        pytest.param(_port(53, 53), _port(53, 53, protocol="udp"), False, id="another protocol"),
        pytest.param(
            _port(80, 80, host_ip="127.0.0.1"),
            _port(80, 80, host_ip="127.0.0.2"),
            False,
            id="another address",
        ),
        pytest.param(
            _port(80, 80, host_ip="127.0.0.1"), _port(81, 80), True, id="one address of all"
        ),
        pytest.param(_port(80, -1), _port(80, -1), False, id="chosen late"),
    ],
)
def test_only_true_port_conflicts_are_reported(one: Port, other: Port, conflict: bool) -> None:
    found = hits("port-conflict", platform(_publishing("a", one), _publishing("b", other)))

    assert [hit.subject for hit in found] == (["b"] if conflict else [])


def test_a_namespace_without_a_policy_is_one_finding() -> None:
    pods = [service(name, kind="Deployment", namespace="shop") for name in "abc"]

    (hit,) = hits("no-network-policy", platform(*pods))

    assert (hit.subject, hit.facts) == ("shop", {"count": "3"})


def test_a_policy_settles_its_own_namespace_only() -> None:
    pods = [
        service(name, kind="Deployment", namespace=name[0]) for name in ("a1", "a2", "b1", "b2")
    ]
    policy = KubernetesObject("networking.k8s.io/v1", "NetworkPolicy", "deny", PLACE, "p", "a")

    found = hits("no-network-policy", platform(*pods, objects=(policy,)))

    assert [hit.subject for hit in found] == ["b"]


@pytest.mark.parametrize("seed", range(30))
def test_an_inner_service_is_one_that_another_door_leads_to_however_far(seed: int) -> None:
    draw = random.Random(seed)
    names = [f"s{n}" for n in range(12)]
    pairs = [draw.sample(names, 2) for _ in range(draw.randint(4, 20))]
    edges = tuple(Edge(source, needed, "depends_on", PLACE) for source, needed in pairs)
    doors = set(draw.sample(names, draw.randint(1, 3)))
    services = [
        service(n, container(n, ports=(_port(9001, 9001 if n in doors else None),))) for n in names
    ]
    needs = {n: {edge.target for edge in edges if edge.source == n} for n in names}

    def reached(name: str, seen: frozenset[str]) -> frozenset[str]:
        for each in sorted(needs[name] - seen):
            seen = reached(each, seen | {each})
        return seen

    found = hits("port-on-all-interfaces", platform(*services, edges=edges))

    inner = {n for n in doors if any(n in reached(d, frozenset()) for d in doors - {n})}
    assert {hit.subject for hit in found} == inner
