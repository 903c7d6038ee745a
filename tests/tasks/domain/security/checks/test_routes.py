from __future__ import annotations

import pytest

from tasks.domain.platform.cluster import Cluster, Marker
from tasks.domain.platform.containers import HealthProbe, Port
from tasks.domain.platform.model import Endpoint
from tests.tasks.domain.security.checks.platforms import (
    PLACE,
    container,
    hits,
    platform,
    service,
    sited,
    subjects,
)


def test_a_way_in_without_certificates_is_a_finding() -> None:
    open_, closed = (
        Endpoint(n, "Ingress", PLACE, "i", tls=t) for n, t in (("a", False), ("b", True))
    )
    inner = Endpoint("c", "Service", PLACE, "s")

    assert subjects("ingress-without-tls", platform(endpoints=(open_, closed, inner))) == ["a"]


def test_a_name_of_a_port_that_nobody_has_is_told_for_services_and_probes() -> None:
    front = Endpoint("web", "Service", PLACE, "s", unmet=(sited("http"),))
    lost = HealthProbe("liveness", PLACE, "p", port_name="admin")
    known = HealthProbe("readiness", PLACE, "p", port_name="web", port=80)

    found = hits(
        "unknown-port-name",
        platform(service("web", container(probes=(lost, known))), endpoints=(front,)),
    )

    assert [each.facts for each in found] == [
        {"case": "service", "port": "http"},
        {"case": "probe", "port": "admin"},
    ]


@pytest.mark.parametrize(("kind", "found"), [("Deployment", 1), ("DaemonSet", 0), ("Compose", 0)])
def test_a_pod_that_takes_a_port_of_its_node_is_a_finding(kind: str, found: int) -> None:
    taking = container(ports=(Port(80, PLACE, "p", host=8080),))

    assert len(hits("host-port", platform(service("web", taking, kind=kind)))) == found


def _services(count: int, network: str = "") -> list[object]:
    joined = {"networks": (sited(network),)} if network else {}
    front = service("front", container(ports=(Port(80, PLACE, "p", host=80),)), **joined)
    store = service("db", container(image=sited("postgres:17")), **joined)
    return [front, store, *(service(f"s{n}", **joined) for n in range(count - 2))]


def test_one_network_from_the_front_door_to_the_stores_is_one_finding() -> None:
    (hit,) = hits("flat-network", platform(*_services(4)))  # type: ignore[arg-type]  # services

    assert hit.subject == "default"
    assert hit.facts == {"count": "4", "front": "front", "stores": "db"}


def test_a_few_services_need_no_walls_between_them() -> None:
    assert not hits("flat-network", platform(*_services(3)))  # type: ignore[arg-type]  # services


def test_a_store_behind_a_wall_is_no_finding() -> None:
    front, _, *others = _services(5, "front")
    store = service("db", container(image=sited("postgres:17")), networks=(sited("back"),))

    assert not hits("flat-network", platform(front, store, *others))  # type: ignore[arg-type]  # services


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("nginx.ingress.kubernetes.io/server-snippet", True),
        ("nginx.org/location-snippets", True),
        ("nginx.ingress.kubernetes.io/rewrite-target", False),
        ("shop.example/server-snippet", False),
    ],
)
def test_text_for_a_shared_proxy_is_a_finding(name: str, *, found: bool) -> None:
    marked = Cluster(markers=(Marker("annotation", name, "shop", PLACE, "a"),))

    assert (subjects("proxy-snippet", platform(cluster=marked)) == ["shop"]) is found
