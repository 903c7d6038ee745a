from __future__ import annotations

from itertools import pairwise

import pytest

from knowledge.texts import LANGUAGES, check_texts
from tasks.domain.assess import assess, order
from tasks.domain.findings import Severity
from tasks.domain.platform.model import (
    Dependency,
    Endpoint,
    Entry,
    EntryKind,
    Features,
    HealthProbe,
    Isolation,
    KubernetesObject,
    LengthClass,
    Mount,
    Platform,
    Port,
    Resources,
    Variable,
)
from tests.tasks.domain.security.checks.platforms import (
    PLACE,
    at,
    container,
    platform,
    service,
    sited,
)


def _bad() -> Platform:
    """Build a platform with as many defects as two services can have."""
    console = container(
        "console",
        image=sited("tools"),
        image_as_written="tools",
        isolation=Isolation(privileged=sited(value=True), user=sited("root")),
        resources=Resources(invalid=(sited("100mb", "limits.memory"),)),
        ports=(Port(5432, at(9), "ports[0]", 80), Port(90, at(10), "ports[1]", 80)),
        mounts=(
            Mount("bind", "/run/docker.sock", "/s", at(11), "volumes[0]"),
            Mount("bind", "/etc", "/e", at(12), "volumes[1]"),
        ),
        environment=(
            Variable("DB_PASSWORD", Features(LengthClass.SHORT), at(13), "environment.DB_PASSWORD"),
        ),
    )
    caller = container(
        "caller",
        isolation=Isolation(capabilities_added=(sited("NET_ADMIN"),)),
        probes=(HealthProbe("health", at(20), "healthcheck"),),
    )
    waits = (
        Dependency("caller", at(21), "depends_on.caller"),
        Dependency("gone", at(22), "depends_on.gone"),
    )
    gated = (Dependency("caller", at(30), "depends_on.caller", "service_healthy"),)
    return platform(
        service("console", console, host_network=sited(value=True), depends_on=waits),
        service("caller", caller, depends_on=(Dependency("caller", at(23), "self"),)),
        service("gated", depends_on=gated),
        obsolete=(sited("version", "version"),),
    )


def _kubernetes() -> Platform:
    front = Endpoint("web", "Service", PLACE, "Service/web:", targets=("web",))
    old = KubernetesObject("extensions/v1beta1", "Deployment", "web", PLACE, "Deployment/web:")
    pods = (service("web", kind="Deployment"), service("db", kind="Deployment"))
    entry = Entry("k8s", EntryKind.KUBERNETES, ("k8s",))
    return platform(*pods, entry=entry, endpoints=(front,), objects=(old,))


def test_every_check_finds_its_defect() -> None:
    found = {finding.check for each in (_bad(), _kubernetes()) for finding in assess(each)}

    assert found == set(check_texts())


@pytest.mark.parametrize("on", [_bad(), _kubernetes()], ids=["compose", "kubernetes"])
def test_every_finding_can_be_said_in_every_language(on: Platform) -> None:
    for finding in assess(on):
        for language in LANGUAGES:
            text = check_texts()[finding.check]
            said = text.message(language, finding.subject, finding.facts)
            assert said
            assert "{" not in said


def test_the_worst_comes_first_then_file_line_and_check() -> None:
    found = assess(_bad())

    assert [order(one) <= order(other) for one, other in pairwise(found)].count(False) == 0
    assert found[0].severity is Severity.CRITICAL


def test_what_kubernetes_alone_knows_is_not_asked_of_compose() -> None:
    asked = {finding.check for finding in assess(_bad())}

    assert not asked & {"default-service-account-token", "no-network-policy", "single-replica"}


def test_ids_are_unique_and_survive_a_moved_line() -> None:
    found = assess(_bad())
    ids = [finding.id for finding in found]

    assert len(set(ids)) == len(ids)
    moved = platform(service("web", container("web"), place=at(99)))
    assert {f.id for f in assess(moved)} == {f.id for f in assess(platform(service("web")))}


def test_a_finding_carries_the_controls_and_theory_of_its_check() -> None:
    (finding,) = (each for each in assess(_bad()) if each.check == "privileged-container")

    assert "CIS-Docker-5.5" in finding.controls
    assert "s-container" in finding.theory
