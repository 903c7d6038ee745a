from __future__ import annotations

from typing import Any

import pytest

from tasks.domain.platform.cluster import Claim, Cluster, Named
from tasks.domain.platform.containers import Mount, Resources
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


def _mount(kind: str, source: str = "data", **fields: Any) -> Mount:
    return Mount(
        kind, source, "/data", PLACE, fields.pop("path", "services.web.volumes[0]"), **fields
    )


@pytest.mark.parametrize(
    ("mounts", "found"),
    [
        pytest.param((), 1, id="none"),
        pytest.param((_mount("tmpfs", ""),), 1, id="memory"),
        pytest.param((_mount("volume", ""),), 1, id="without a name"),
        pytest.param((_mount("bind", "./data", read_only=True),), 1, id="read only"),
        pytest.param((_mount("volume", path="StatefulSet/db:spec"),), 1, id="of a pod"),
        pytest.param((_mount("volume"),), 0, id="named"),
        pytest.param((_mount("bind", "./data"),), 0, id="a folder"),
        pytest.param((_mount("claim"),), 0, id="a claim"),
    ],
)
def test_a_store_needs_a_place_that_outlives_its_container(
    mounts: tuple[Mount, ...], found: int
) -> None:
    store = container(image=sited("postgres:17"), mounts=mounts)

    assert len(hits("store-without-volume", of(store))) == found


def test_a_job_and_what_is_no_store_need_none() -> None:
    store = container(image=sited("postgres:17"))

    assert not hits("store-without-volume", platform(service("web", store, kind="Job")))
    assert not hits("store-without-volume", of(container(image=sited("nginx:1"))))


def test_files_in_memory_need_a_limit_of_their_own_or_of_the_container() -> None:
    endless = _mount("tmpfs", "")
    limited = Resources(memory_limit=sited(2**28))

    assert subjects("unlimited-tmpfs", of(container(mounts=(endless,)))) == ["web"]
    assert not hits("unlimited-tmpfs", of(container(mounts=(_mount("tmpfs", "", sized=True),))))
    assert not hits("unlimited-tmpfs", of(container(mounts=(endless,), resources=limited)))


def test_what_is_defined_and_not_used_is_named_but_for_the_default_network() -> None:
    web = service("web", container(mounts=(_mount("volume"),)), networks=(sited("front"),))
    defined = {
        "volumes": (sited("data"), sited("old")),
        "networks": (sited("front"), sited("back"), sited("default")),
    }

    assert subjects("unused-definition", platform(web, **defined)) == ["old", "back"]


@pytest.mark.parametrize(("kind", "found"), [("Deployment", 1), ("DaemonSet", 0)])
def test_a_folder_of_one_host_is_a_finding_but_for_whoever_serves_that_host(
    kind: str, found: int
) -> None:
    bound = container(mounts=(_mount("bind", "/srv/shop"),))

    assert len(hits("host-path-needed", platform(service("web", bound, kind=kind)))) == found


@pytest.mark.parametrize(
    ("fields", "case"),
    [
        ({"replicas": sited(2)}, ["copies"]),
        ({}, ["update"]),
        ({"strategy": sited("Recreate")}, []),
        ({"replicas": sited(0)}, []),
        ({"kind": "StatefulSet", "replicas": sited(2)}, []),
    ],
)
def test_a_volume_for_one_writer_is_shared_by_copies_or_during_updates(
    fields: dict[str, Any], case: list[str]
) -> None:
    claim = Claim(
        Named("data", "PersistentVolumeClaim", "", PLACE, "c"), frozenset({"ReadWriteOnce"})
    )
    fields = {"kind": "Deployment", **fields}
    web = service("web", container(mounts=(_mount("claim"),)), **fields)

    found = hits("single-writer-volume-shared", platform(web, cluster=Cluster(claims=(claim,))))

    assert [each.facts["case"] for each in found] == case
