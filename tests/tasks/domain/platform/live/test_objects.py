from __future__ import annotations

import json
from typing import Any

import pytest

from tasks.domain.platform.live.kinds import KINDS, Kind
from tasks.domain.platform.live.objects import named, unknown, write

WAGON = Kind("example.org/v1", "wagons", "Wagon")


def item(kind: str = "Deployment", **more: Any) -> dict[str, Any]:
    meta = {"name": "web", "namespace": "shop", "uid": "1", "resourceVersion": "5"}
    version = more.pop("version", "apps/v1")
    return {"apiVersion": version, "kind": kind, "metadata": meta | more.pop("meta", {})} | more


def owned(by: Kind, kind: str = "Pod") -> dict[str, Any]:
    owner = {"apiVersion": by.version, "kind": by.name, "name": "x", "controller": True}
    return item(kind, version="v1", meta={"ownerReferences": [owner]}, spec={})


@pytest.mark.parametrize(
    ("kind", "version", "meta"),
    [
        ("ConfigMap", "v1", {"name": "kube-root-ca.crt"}),
        ("ServiceAccount", "v1", {"name": "default"}),
        ("Service", "v1", {"name": "kubernetes", "namespace": "default"}),
    ],
)
def test_what_is_in_every_cluster_is_nobodys_definition(
    kind: str, version: str, meta: dict[str, Any]
) -> None:
    assert write([item(kind, version=version, meta=meta)], KINDS, "shop")[0] == {}


def test_what_a_controller_made_is_left_out_where_its_cause_is_seen() -> None:
    job = next(kind for kind in KINDS if kind.name == "Job")

    assert write([owned(job)], KINDS, "shop")[0] == {}
    assert write([owned(WAGON)], (*KINDS, WAGON), "shop")[0] == {}


def test_what_a_controller_made_of_something_unseen_is_all_that_is_known() -> None:
    assert list(write([owned(WAGON)], KINDS, "shop")[0]) == ["shop/Pod/web"]
    of_another_group = Kind("batch.volcano.sh/v1alpha1", "jobs", "Job")
    assert list(write([owned(of_another_group)], KINDS, "shop")[0]) == ["shop/Pod/web"]


def test_claims_that_a_stateful_set_made_of_its_templates_are_its_own() -> None:
    template = {"metadata": {"name": "data"}, "spec": {}}
    store = item("StatefulSet", spec={"volumeClaimTemplates": [template]})
    claims = [
        item("PersistentVolumeClaim", version="v1", meta={"name": name}, spec={})
        for name in ("data-web-0", "data-web-11", "data-web-x", "data")
    ]
    files, _ = write([store, *claims], KINDS, "shop")

    assert [name.rpartition("/")[2] for name in files] == ["data", "data-web-x", "web"]


def test_copies_are_the_autoscalers_where_there_is_one() -> None:
    target = {"kind": "Deployment", "name": "web"}
    scaler = item(
        "HorizontalPodAutoscaler", version="autoscaling/v2", spec={"scaleTargetRef": target}
    )
    plain, scaled = item(spec={"replicas": 4}), [item(spec={"replicas": 4}), scaler]

    def replicas(items: list[dict[str, Any]]) -> int | None:
        spec = json.loads(write(items, KINDS, "shop")[0]["shop/Deployment/web"]).get("spec")
        return spec.get("replicas") if spec else None

    assert (replicas([plain]), replicas(scaled)) == (4, None)
    assert any("autoscalers" in each.what for each in unknown("shop", scaled))
    assert not any("autoscalers" in each.what for each in unknown("shop", [plain]))


def test_each_object_is_a_file_of_its_name_and_order_does_not_matter() -> None:
    both = [item("Service", version="v1", spec={}), item(spec={})]
    files, entry = write(both, KINDS, "shop")

    assert list(files) == ["shop/Deployment/web", "shop/Service/web"] == list(entry.paths)
    assert write(both[::-1], KINDS, "shop")[0] == files
    assert named(json.loads(files["shop/Service/web"])) == "shop/Service/web"
    assert next(unknown("shop", both)).what == "Secrets of shop"


def test_a_custom_resource_of_a_known_name_is_a_file_of_its_own() -> None:
    both = [
        item("Service", version="v1", spec={}),
        item("Service", version="serving.knative.dev/v1", spec={}),
    ]

    assert list(write(both, KINDS, "shop")[0]) == [
        "shop/Service.serving.knative.dev/web",
        "shop/Service/web",
    ]
