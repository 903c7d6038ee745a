from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.findings import Severity
from tasks.domain.platform.containers import (
    Build,
    Dockerfile,
    Isolation,
    Mount,
    Stage,
)
from tests.tasks.domain.security.checks.platforms import PLACE, container, hits, of, sited, subjects

if TYPE_CHECKING:
    from tasks.domain.platform.model import Platform


def _isolated(**fields: object) -> Platform:
    return of(container(isolation=Isolation(**fields)))  # type: ignore[arg-type]  # fields of the test's choice


def _built(user: str) -> Platform:
    stage = Stage(sited("debian:12"), PLACE, "stage", user=sited(user) if user else None)
    dockerfiles = {"Dockerfile": Dockerfile("Dockerfile", (stage,))}
    build = Build(".", PLACE, "services.web.build", "Dockerfile")
    return of(container(build=build), dockerfiles=dockerfiles)


def test_only_a_privileged_container_is_reported_as_privileged() -> None:
    assert subjects("privileged-container", _isolated(privileged=sited(value=True))) == ["web"]
    assert not hits("privileged-container", _isolated(privileged=sited(value=False)))
    assert not hits("privileged-container", _isolated())


@pytest.mark.parametrize(
    "check", ["capabilities-not-dropped", "capability-added", "no-new-privileges-unset"]
)
def test_a_privileged_container_is_one_finding_where_it_makes_others_moot(check: str) -> None:
    added = (sited("SYS_ADMIN"),)
    platform = _isolated(privileged=sited(value=True), capabilities_added=added)

    assert not hits(check, platform)


@pytest.mark.parametrize("user", ["root", "0", "0:0", "root:staff"])
def test_a_user_written_as_root_is_worse_than_none(user: str) -> None:
    (hit,) = hits("runs-as-root", _isolated(user=sited(user)))

    assert hit.severity is Severity.HIGH
    assert hit.facts["user"] == user


@pytest.mark.parametrize("user", ["1000", "app", "1000:0"])
def test_a_user_other_than_root_is_no_finding(user: str) -> None:
    assert not hits("runs-as-root", _isolated(user=sited(user)))


def test_kubernetes_refusing_root_is_no_finding() -> None:
    assert not hits("runs-as-root", _isolated(run_as_non_root=sited(value=True)))
    assert hits("runs-as-root", _isolated(run_as_non_root=sited(value=False)))


def test_the_user_of_the_images_own_dockerfile_counts() -> None:
    assert not hits("runs-as-root", _built("app"))
    assert hits("runs-as-root", _built("root"))


def test_a_dockerfile_that_never_leaves_root_is_named() -> None:
    (hit,) = hits("runs-as-root", _built(""))

    assert hit.facts == {"case": "image", "dockerfile": PLACE.file}


def test_a_file_system_that_is_not_read_only_is_reported_where_it_says_so() -> None:
    (hit,) = hits(
        "writable-root-filesystem", _isolated(read_only_root=sited(value=False, path="written"))
    )
    (silent,) = hits("writable-root-filesystem", _isolated())

    assert (hit.path, silent.path) == ("written", "services.web")
    assert not hits("writable-root-filesystem", _isolated(read_only_root=sited(value=True)))


@pytest.mark.parametrize("written", ["ALL", "all", "CAP_ALL"])
def test_dropping_all_capabilities_is_enough(written: str) -> None:
    platform = _isolated(
        capabilities_dropped=(sited(written),), capabilities_added=(sited("NET_BIND_SERVICE"),)
    )

    assert not hits("capabilities-not-dropped", platform)
    assert not hits("capability-added", platform)


def test_dropping_some_capabilities_is_not_enough() -> None:
    assert hits("capabilities-not-dropped", _isolated(capabilities_dropped=(sited("NET_RAW"),)))


@pytest.mark.parametrize(
    ("capability", "severity"),
    [("NET_ADMIN", None), ("cap_net_admin", None), ("SYS_ADMIN", Severity.CRITICAL)],
)
def test_each_capability_beyond_the_default_is_a_finding(
    capability: str, severity: Severity | None
) -> None:
    (hit,) = hits("capability-added", _isolated(capabilities_added=(sited(capability),)))

    assert hit.facts["capability"] == capability.upper().removeprefix("CAP_")
    assert hit.severity is severity


def test_escalation_is_allowed_unless_it_is_denied() -> None:
    assert hits("no-new-privileges-unset", _isolated())
    assert hits("no-new-privileges-unset", _isolated(escalation=sited(value=True)))
    assert not hits("no-new-privileges-unset", _isolated(escalation=sited(value=False)))


@pytest.mark.parametrize("user", ["1", "1000", "2002:2001", "9999"])
def test_a_user_id_of_the_host_is_said_once_for_the_platform(user: str) -> None:
    (hit,) = hits("low-user-id", _isolated(user=sited(user)))

    assert (hit.subject, hit.facts["count"]) == ("platform", "1")


@pytest.mark.parametrize("user", ["0", "root", "10000", "65534:65534", "nobody"])
def test_root_names_and_high_ids_are_no_such_finding(user: str) -> None:
    assert not hits("low-user-id", _isolated(user=sited(user)))


def test_who_shares_a_folder_on_purpose_needs_an_id_of_the_host() -> None:
    own = Isolation(user=sited("1000"))
    folder = Mount("bind", "./src", "/src", PLACE, "v")
    reads = Mount("bind", "./src", "/src", PLACE, "v", read_only=True)

    assert not hits("low-user-id", of(container(isolation=own, mounts=(folder,))))
    assert hits("low-user-id", of(container(isolation=own, mounts=(reads,))))
