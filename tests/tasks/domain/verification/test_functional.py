from typing import Any

import pytest

from tasks.domain.settings import Probe
from tasks.domain.verification.functional import Question, kind_of, questions
from tasks.domain.verification.hints import Hint

SERVICES: dict[str, Any] = {
    "web": {
        "image": "shop/web",
        "healthcheck": {"test": ["CMD", "curl", "http://127.0.0.1:8000/ready"]},
    },
    "db": {"image": "docker.io/library/postgres:16@sha256:00"},
    "worker": {"image": "shop/worker", "healthcheck": {"disable": True, "test": ["NONE"]}},
}
PORTS = {"web": 8000, "db": 5432}


def found(**more: Any) -> dict[str, Question]:
    edges = [("web", "db"), ("web", "gone"), ("db", "worker")]
    return {each.name: each for each in questions(SERVICES, PORTS, edges, **more)}


def test_each_service_is_asked_what_it_alone_can_answer() -> None:
    asked = found()

    assert {(q.service, q.kind, q.port) for q in asked.values()} == {
        ("web", "health", 0),
        ("web", "tcp", 8000),
        ("web", "http", 8000),
        ("db", "postgres", 5432),
        ("web", "edge", 5432),
    }
    assert asked["web: GET /ready"].path == "/ready"


def test_an_edge_belongs_to_the_service_that_must_be_there() -> None:
    assert found()["web reaches db"].of == "db"


def test_the_users_own_probes_come_first_and_only_for_services_that_are_there() -> None:
    own = (
        Probe("buys", "web", 8000, "/orders", "POST", "{}", 201, "tea", 2.0),
        Probe("elsewhere", "gone", 80),
    )
    asked = questions(SERVICES, PORTS, (), own)

    assert asked[0] == Question(
        "buys", "web", "http", 8000, "/orders", "POST", "{}", 201, "tea", 2.0
    )
    assert "elsewhere" not in {each.name for each in asked}


def test_a_hint_becomes_a_question_that_keeps_who_told_it() -> None:
    asked = questions(
        SERVICES,
        PORTS,
        (),
        (),
        [
            Hint("web", "grpc", 8000, told_by="k8s/web.yaml"),
            Hint("web", "grpc-health", 9000, asks="shop.Web", told_by="k8s/web.yaml"),
            Hint("web", "metrics", 8000, "/metrics", told_by="prometheus.yml"),
            Hint("gone", "grpc", 8000),
        ],
    )

    assert [each for each in asked if each.told_by] == [
        Question("web: gRPC at 8000", "web", "grpc", 8000, told_by="k8s/web.yaml"),
        Question(
            "web: health over gRPC of shop.Web at 9000",
            "web",
            "grpc-health",
            9000,
            body="shop.Web",
            told_by="k8s/web.yaml",
        ),
        Question(
            "web: metrics at 8000/metrics",
            "web",
            "metrics",
            8000,
            "/metrics",
            told_by="prometheus.yml",
        ),
    ]


def test_what_a_service_says_of_itself_counts_more_than_what_is_told_of_it() -> None:
    hints = [
        Hint("web", "grpc", 8000, told_by="k8s/web.yaml"),
        Hint("web", "grpc-health", 8000, told_by="k8s/web.yaml"),
        Hint("web", "grpc-health", 8000),
    ]
    asked = questions(SERVICES, PORTS, (), (), hints)

    (only,) = [each for each in asked if "grpc" in each.kind]
    assert (only.kind, only.told_by) == ("grpc-health", "")


@pytest.mark.parametrize(
    ("image", "port", "kind"),
    [
        ("postgres:16", 5432, "postgres"),
        ("registry.example/x/mariadb", 3307, "mysql"),
        ("cmi.local/shop-redis:0a", 6379, "redis"),
        ("oliver006/redis_exporter", 9121, ""),
        ("own/thing", 4222, "nats"),
        ("own/thing", 8080, ""),
        ("own/memcached", 8080, "memcached"),
        ("own/cache", 11211, "memcached"),
    ],
)
def test_the_name_of_an_image_says_more_than_its_port(image: str, port: int, kind: str) -> None:
    assert kind_of(image, port) == kind


def test_nobody_asks_a_service_that_ends_by_design() -> None:
    check = {"test": ["CMD", "true"]}
    services: dict[str, Any] = {
        "app": {"depends_on": {"job": {"condition": "service_completed_successfully"}}},
        "job": {"depends_on": {"db": {"condition": "service_healthy"}}, "healthcheck": check},
        "db": {},
    }
    edges = [("app", "job"), ("job", "db"), ("app", "db")]

    asked = questions(services, {"app": 80, "job": 80, "db": 81}, edges)

    assert {each.name for each in asked} == {"app: port 80", "db: port 81", "app reaches db"}
