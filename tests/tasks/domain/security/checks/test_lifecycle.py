from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.findings import Severity
from tasks.domain.platform.containers import Features, HealthProbe, Port, Variable
from tasks.domain.platform.model import Dependency
from tests.tasks.domain.security.checks.platforms import (
    PLACE,
    container,
    hits,
    of,
    platform,
    service,
    sited,
    subjects,
)

if TYPE_CHECKING:
    from tasks.domain.platform.model import Service


def _waits(target: str, condition: str) -> Dependency:
    return Dependency(target, PLACE, "d", condition)


def test_where_nobody_has_a_policy_each_service_lacks_one() -> None:
    assert subjects("no-restart-policy", platform(service("a"), service("b"))) == ["a", "b"]


def test_where_others_have_one_only_what_is_there_to_answer_lacks_it() -> None:
    kept = service("kept", restart=sited("always"))
    answers = service("answers", container(ports=(Port(80, PLACE, "p"),)))

    assert subjects("no-restart-policy", platform(kept, answers, service("tool"))) == ["answers"]


def test_what_others_wait_for_to_end_and_a_written_no_are_meant() -> None:
    web = service("web", depends_on=(_waits("migrate", "service_completed_successfully"),))
    meant = service("once", restart=sited("no"))

    assert subjects("no-restart-policy", platform(web, service("migrate"), meant)) == []


@pytest.mark.parametrize(
    ("target", "condition", "cases"),
    [
        (service("db", restart=sited("always")), "service_completed_successfully", ["endless"]),
        (service("db"), "service_completed_successfully", []),
        (
            service(
                "db", container("db", probes=(HealthProbe("health", PLACE, "h", disabled=True),))
            ),
            "service_healthy",
            ["disabled"],
        ),
        (service("db"), "service_healthy", []),  # its image may bring a health check
        (service("db", restart=sited("always")), "service_started", []),
    ],
)
def test_a_wait_for_what_cannot_happen_is_a_finding(
    target: Service, condition: str, cases: list[str]
) -> None:
    web = service("web", depends_on=(_waits("db", condition),))

    found = hits("gate-never-opens", platform(web, target))

    assert [each.facts["case"] for each in found] == cases


def _needing(**fields: Any) -> list[Service]:
    address = Variable("DB", Features(refers_to="db"), PLACE, "e", fields.pop("origin", "literal"))
    store = service("db", container("db", image=sited("postgres:17")))
    middle = service("middle", depends_on=(_waits("db", "service_started"),))
    return [service("web", container(environment=(address,)), **fields), store, middle]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        pytest.param({}, ["web"], id="does not wait"),
        pytest.param({"restart": sited("on-failure:3")}, [], id="comes back"),
        pytest.param({"origin": "env_file"}, [], id="a shared file"),
        pytest.param({"depends_on": (_waits("db", "service_started"),)}, [], id="waits"),
        pytest.param({"depends_on": (_waits("middle", "service_started"),)}, [], id="by another"),
    ],
)
def test_who_needs_a_store_waits_for_it_or_comes_back(
    fields: dict[str, Any], found: list[str]
) -> None:
    assert subjects("store-not-waited-for", platform(*_needing(**fields))) == found


@pytest.mark.parametrize(
    ("fields", "severities"),
    [
        ({"grace": sited(1.0)}, [None]),
        ({"grace": sited(2.0)}, []),
        ({"stop_signal": sited("SIGKILL")}, [Severity.MEDIUM]),
        ({"stop_signal": sited("9")}, [Severity.MEDIUM]),
        ({"stop_signal": sited("SIGQUIT")}, []),
    ],
)
def test_a_service_is_given_the_time_to_end_in_order(
    fields: dict[str, Any], severities: list[Severity | None]
) -> None:
    found = hits("stops-too-soon", platform(service(**fields)))

    assert [each.severity for each in found] == severities


def test_a_store_needs_more_time_to_end() -> None:
    store = platform(service("web", container(image=sited("postgres:17")), grace=sited(5.0)))

    assert [each.facts["case"] for each in hits("stops-too-soon", store)] == ["store"]


@pytest.mark.parametrize(
    ("kind", "restart", "cases"),
    [
        ("Pod", None, ["pod"]),
        ("Pod", "Never", []),
        ("ReplicaSet", None, ["old"]),
        ("Deployment", None, []),
    ],
)
def test_pods_that_nobody_starts_anew_are_told(
    kind: str, restart: str | None, cases: list[str]
) -> None:
    pod = service(kind=kind, restart=sited(restart) if restart else None)

    assert [each.facts["case"] for each in hits("unmanaged-pod", platform(pod))] == cases


@pytest.mark.parametrize(
    ("vacuous", "disabled", "found"), [(True, False, 1), (True, True, 0), (False, False, 0)]
)
def test_a_health_check_that_cannot_fail_is_a_finding(
    vacuous: bool, disabled: bool, found: int
) -> None:
    probe = HealthProbe("health", PLACE, "h", vacuous=vacuous, disabled=disabled)

    assert len(hits("health-check-always-passes", of(container(probes=(probe,))))) == found


@pytest.mark.parametrize("kind", ["Pod", "ReplicaSet"])
def test_what_a_controller_keeps_that_is_not_seen_is_looked_after(kind: str) -> None:
    assert subjects("unmanaged-pod", platform(service("a", kind=kind))) == ["a"]
    assert subjects("unmanaged-pod", platform(service("a", kind=kind, managed=True))) == []
