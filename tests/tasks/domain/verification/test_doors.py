from typing import Any

import pytest

from tasks.domain.verification.doors import checked, ending, ports


@pytest.mark.parametrize(
    ("service", "port"),
    [
        ({"healthcheck": {"test": ["CMD", "curl", "http://127.0.0.1:8000/ready"]}}, 8000),
        ({"healthcheck": {"test": ["CMD", "curl", "http://localhost/health"]}}, 80),
        ({"healthcheck": {"test": "exec 3<>/dev/tcp/127.0.0.1/5672"}}, 5672),
        ({"healthcheck": {"test": ["CMD", "grpc_health_probe", "-addr=:7070"]}}, 7070),
        ({"ports": [{"target": 8080, "published": "80"}]}, 8080),
        ({"ports": [{"target": 53, "protocol": "udp"}], "expose": ["9000"]}, 9000),
    ],
    ids=str,
)
def test_a_port_is_known_from_the_definition(service: dict[str, Any], port: int) -> None:
    assert ports({"web": service}) == {"web": port}


def test_others_know_where_a_store_answers() -> None:
    services: dict[str, Any] = {
        "db": {"healthcheck": {"test": ["CMD-SHELL", "pg_isready"]}},
        "web": {"environment": {"URL": "postgresql://u:p@db:5433/x", "OTHER": "my-db:1111"}},
    }

    assert ports(services) == {"db": 5433}


def test_what_an_image_declares_counts_last() -> None:
    assert ports({"a": {}, "b": {"expose": ["81"]}}, {"a": [9000, 80], "b": [70]}) == {
        "a": 80,
        "b": 81,
    }


def test_who_answers_nowhere_has_no_port() -> None:
    assert ports({"worker": {"command": ["work"]}}) == {}


def test_a_job_has_no_port_although_its_image_declares_one() -> None:
    services: dict[str, Any] = {
        "job": {},
        "app": {"depends_on": {"job": {"condition": "service_completed_successfully"}}},
        "web": {"depends_on": {"app": {"condition": "service_healthy"}}},
    }

    assert ending(services) == {"job"}
    assert ports(services, {"job": [8000], "app": [8000]}) == {"app": 8000}


@pytest.mark.parametrize(
    ("check", "asked"),
    [
        ({"test": ["CMD", "x"]}, True),
        ({"test": ["NONE"]}, False),
        ({"test": "NONE"}, False),
        ({"test": ["CMD", "x"], "disable": True}, False),
        ({"interval": "5s"}, False),
        (None, False),
    ],
)
def test_a_check_counts_where_it_is_asked(check: dict[str, Any] | None, asked: bool) -> None:
    assert checked({"healthcheck": check}) is asked
