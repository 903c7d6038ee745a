from __future__ import annotations

from typing import Any

import pytest

from tasks.domain.findings import Severity
from tasks.domain.platform.containers import (
    Build,
    Dockerfile,
    HealthProbe,
    Stage,
)
from tasks.domain.platform.model import (
    Dependency,
    Edge,
    Endpoint,
    Platform,
)
from tests.tasks.domain.security.checks.platforms import (
    PLACE,
    container,
    hits,
    platform,
    service,
    sited,
    subjects,
)


def _probe(kind: str = "health", **fields: Any) -> HealthProbe:
    return HealthProbe(kind, PLACE, "probe", **fields)


def _waits(target: str, condition: str = "service_healthy", **fields: Any) -> Dependency:
    return Dependency(target, PLACE, f"depends_on.{target}", condition, **fields)


def _gate(**probe: Any) -> Platform:
    return platform(
        service("db", container("db", probes=(_probe(**probe),))),
        service("web", depends_on=(_waits("db"),)),
        service("jobs", depends_on=(_waits("db"),)),
    )


def _fronted(kind: str, *probes: HealthProbe) -> Platform:
    front = Endpoint("web", "Service", PLACE, "Service/web:", targets=("web",))
    return platform(service("web", container(probes=probes), kind=kind), endpoints=(front,))


def test_a_pod_that_nobody_reaches_is_a_smaller_matter() -> None:
    edges = (Edge("web", "db", "reference", PLACE),)
    pods = (service("web", kind="Deployment"), service("db", kind="Deployment"))

    (web, db) = hits("no-health-check", platform(*pods, edges=edges))

    assert (web.severity, db.severity) == (Severity.LOW, None)


def test_every_compose_service_can_be_reached_by_its_name() -> None:
    (hit,) = hits("no-health-check", platform(service("web")))

    assert hit.severity is None


def test_a_health_check_that_is_switched_off_is_none() -> None:
    off = platform(service("web", container(probes=(_probe(disabled=True),))))

    assert subjects("no-health-check", off) == ["web"]


def test_a_pod_that_is_reached_needs_a_readiness_probe() -> None:
    (hit,) = hits("no-health-check", _fronted("Deployment", _probe("liveness")))

    assert hit.facts["case"] == "readiness"
    assert not hits("no-health-check", _fronted("Deployment", _probe("readiness")))


def test_a_pod_that_nobody_reaches_may_do_with_a_liveness_probe() -> None:
    worker = service("worker", container("worker", probes=(_probe("liveness"),)), kind="Deployment")

    assert not hits("no-health-check", platform(worker))


@pytest.mark.parametrize("kind", ["Job", "CronJob"])
def test_what_ends_by_itself_needs_no_health_check(kind: str) -> None:
    assert not hits("no-health-check", platform(service("migrate", kind=kind)))


def test_a_compose_service_that_others_wait_to_finish_needs_no_health_check() -> None:
    web = service("web", depends_on=(_waits("migrate", "service_completed_successfully"),))

    assert subjects("no-health-check", platform(service("migrate"), web)) == ["web"]


@pytest.mark.parametrize(("kind", "found"), [("Compose", False), ("Deployment", True)])
def test_the_images_own_health_check_counts_where_the_runtime_looks_at_it(
    kind: str, found: bool
) -> None:
    stage = Stage(sited("nginx:1"), PLACE, "0", health=_probe())
    web = container(build=Build(".", PLACE, "build", "Dockerfile"))
    files = {"Dockerfile": Dockerfile("Dockerfile", (stage,))}

    assert (
        bool(hits("no-health-check", platform(service("web", web, kind=kind), dockerfiles=files)))
        is found
    )


@pytest.mark.parametrize("interval", [5.0, 10.0, None])
def test_a_slow_check_that_others_wait_for_is_one_finding(interval: float | None) -> None:
    (hit,) = hits("slow-start-gate", _gate(interval=interval))

    assert hit.subject == "db"
    assert hit.facts["interval"] == f"{interval or 30:g}"
    assert hit.facts["waiting"] == "web, jobs"


def test_a_quick_check_is_no_slow_gate() -> None:
    assert not hits("slow-start-gate", _gate(interval=1.0))


def test_a_start_interval_helps_only_within_a_start_period() -> None:
    with_period = _gate(interval=30.0, start_interval=1.0, start_period=60.0)
    without = _gate(interval=30.0, start_interval=1.0)

    assert not hits("slow-start-gate", with_period)
    assert [hit.facts["case"] for hit in hits("slow-start-gate", without)] == ["useless"]


def test_a_slow_check_that_nobody_waits_for_gates_nothing() -> None:
    alone = platform(service("db", container("db", probes=(_probe(interval=30.0),))))

    assert not hits("slow-start-gate", alone)


def test_waiting_for_the_process_of_a_service_that_has_a_health_check_is_a_finding() -> None:
    checked = service("db", container("db", probes=(_probe(),)))
    web = service(
        "web", depends_on=(_waits("db", "service_started"), _waits("bare", "service_started"))
    )

    (hit,) = hits("depends-without-health", platform(checked, service("bare"), web))

    assert (hit.subject, hit.facts) == ("web", {"targets": "db"})


def test_waiting_for_health_is_no_finding() -> None:
    assert not hits("depends-without-health", _gate())


def _probed(*kinds: str, **fields: Any) -> Platform:
    probes = tuple(HealthProbe(kind, PLACE, "p") for kind in kinds)
    fields = {"kind": "Deployment", **fields}
    return platform(service("web", container(probes=probes), **fields))


@pytest.mark.parametrize(
    ("kinds", "case"),
    [((), "none"), (("readiness",), "routed"), (("startup",), "none")],
)
def test_a_pod_that_hangs_stays_without_a_liveness_probe(kinds: tuple[str, ...], case: str) -> None:
    (hit,) = hits("no-liveness-probe", _probed(*kinds))

    assert hit.facts["case"] == case


@pytest.mark.parametrize(
    "fields",
    [{"kind": "Job"}, {"kind": "CronJob"}, {"kind": "Pod", "restart": sited("Never")}],
)
def test_what_ends_by_itself_need_not_be_restarted(fields: dict[str, Any]) -> None:
    assert not hits("no-liveness-probe", _probed(**fields))
    assert not hits("no-liveness-probe", _probed("liveness"))
