from __future__ import annotations

import pytest

from tasks.domain.platform.cluster import Cluster, Marker
from tasks.domain.platform.containers import Isolation, Mount
from tests.tasks.domain.security.checks.platforms import PLACE, container, hits, of, sited, subjects

OFF = Isolation(
    seccomp=sited("Unconfined"), confinement_off=sited("apparmor"), unmasked=sited(value=True)
)
WALLS = ("system-call-filter-off", "confinement-off", "kernel-paths-unmasked")


@pytest.mark.parametrize("check", WALLS)
def test_a_wall_that_was_taken_down_is_a_finding(check: str) -> None:
    assert subjects(check, of(container(isolation=OFF))) == ["web"]


@pytest.mark.parametrize("check", WALLS)
def test_a_privileged_container_has_no_walls_and_is_a_finding_already(check: str) -> None:
    privileged = Isolation(
        privileged=sited(value=True),
        seccomp=OFF.seccomp,
        confinement_off=OFF.confinement_off,
        unmasked=OFF.unmasked,
    )

    assert not hits(check, of(container(isolation=privileged)))


def test_a_profile_of_their_own_is_a_wall() -> None:
    own = Isolation(seccomp=sited("profiles/web.json"), unmasked=sited(value=False))

    assert not hits("system-call-filter-off", of(container(isolation=own)))
    assert not hits("kernel-paths-unmasked", of(container(isolation=own)))


@pytest.mark.parametrize(
    ("propagation", "found"),
    [("shared", 1), ("rshared", 1), ("Bidirectional", 1), ("rslave", 0), ("", 0)],
)
def test_only_a_mount_that_reaches_back_to_the_host_is_a_finding(
    propagation: str, found: int
) -> None:
    mount = Mount("bind", "/srv", "/data", PLACE, "m", propagation=propagation)

    assert len(hits("shared-mount-propagation", of(container(mounts=(mount,))))) == found


def test_each_device_is_named_as_the_host_knows_it() -> None:
    given = Isolation(devices=(sited("/dev/kvm:/dev/kvm:rwm"), sited("/dev/net/tun")))

    found = hits("device-exposed", of(container(isolation=given)))

    assert [each.facts["device"] for each in found] == ["/dev/kvm", "/dev/net/tun"]


def test_a_pod_without_a_filter_is_one_finding_however_many_containers_it_has() -> None:
    bare, asked = container("a"), container("b", isolation=Isolation(seccomp=sited("Localhost")))

    assert subjects("system-call-filter-unset", of(bare, asked, container("c"))) == ["web"]
    assert not hits("system-call-filter-unset", of(asked))


def test_no_filter_holds_a_privileged_container_and_the_old_annotation_is_said_already() -> None:
    privileged = container(isolation=Isolation(privileged=sited(value=True)))
    name = "seccomp.security.alpha.kubernetes.io/pod"
    marked = Cluster(markers=(Marker("annotation", name, "web", PLACE, "a"),))

    assert not hits("system-call-filter-unset", of(privileged))
    assert not hits("system-call-filter-unset", of(container(), cluster=marked))
