from __future__ import annotations

import json
from typing import Any

import pytest

from tasks.domain.platform.live.objects import named, unknown, write, written


def item(kind: str = "Deployment", **more: Any) -> dict[str, Any]:
    meta = {"name": "web", "namespace": "shop", "uid": "1", "resourceVersion": "5"}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": meta | more.pop("meta", {})} | more


def test_bookkeeping_and_the_copy_of_what_was_applied_are_left_out() -> None:
    notes = {
        "kubectl.kubernetes.io/last-applied-configuration": "CANARY",
        "deployment.kubernetes.io/revision": "3",
        "owner": "team",
    }
    found = written(item(meta={"annotations": notes}, spec={"replicas": 2}, status={"x": 1}))

    assert found["metadata"] == {
        "name": "web",
        "namespace": "shop",
        "annotations": {"owner": "team"},
    }
    assert found["spec"] == {"replicas": 2}
    assert "status" not in found


@pytest.mark.parametrize(
    ("kind", "meta"),
    [
        ("ReplicaSet", {"ownerReferences": [{"controller": True}]}),
        ("ConfigMap", {"name": "kube-root-ca.crt"}),
        ("ServiceAccount", {"name": "default"}),
        ("Service", {"name": "kubernetes", "namespace": "default"}),
    ],
)
def test_what_the_system_made_is_nobodys_definition(kind: str, meta: dict[str, Any]) -> None:
    assert write([item(kind, meta=meta)], "shop")[0] == {}


def test_what_somebody_set_stays_and_what_a_server_fills_in_goes() -> None:
    container = {
        "name": "c", "image": "a:1", "imagePullPolicy": "Always", "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "livenessProbe": {"periodSeconds": 10, "timeoutSeconds": 5, "httpGet": {"scheme": "HTTP"}},
        "volumeMounts": [{"name": "kube-api-access-x"}],
    }  # fmt: skip
    pod = {"containers": [container], "restartPolicy": "Always", "serviceAccount": "x"}
    found = written(item(spec={"template": {"metadata": {"creationTimestamp": None}, "spec": pod}}))

    assert found["spec"]["template"] == {
        "metadata": {},
        "spec": {
            "containers": [
                {
                    "name": "c", "image": "a:1", "imagePullPolicy": "Always",
                    "livenessProbe": {"timeoutSeconds": 5, "httpGet": {}},
                }
            ]
        },
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "kept"), [("ClusterIP", False), ("NodePort", True)])
def test_an_assigned_port_of_the_node_counts_only_where_nodes_are_asked(
    kind: str, kept: bool
) -> None:
    port = {"port": 80, "targetPort": 80, "protocol": "TCP", "nodePort": 30080}
    found = written(item("Service", spec={"type": kind, "clusterIP": "10.0.0.1", "ports": [port]}))

    assert ("nodePort" in found["spec"]["ports"][0]) is kept
    assert "clusterIP" not in found["spec"]


def test_a_headless_service_and_a_job_inside_a_cron_job_stay_what_they_are() -> None:
    headless = written(item("Service", spec={"clusterIP": "None"}))
    job = {"metadata": {}, "spec": {"backoffLimit": 6, "template": {"spec": {"containers": []}}}}
    cron = written(item("CronJob", spec={"schedule": "@daily", "jobTemplate": job}))

    assert headless["spec"]["clusterIP"] == "None"
    assert "backoffLimit" not in cron["spec"]["jobTemplate"]["spec"]
    assert "template" in cron["spec"]["jobTemplate"]["spec"]


def test_each_object_is_a_file_of_its_name_and_order_does_not_matter() -> None:
    both = [item("Service", spec={}), item(spec={})]
    files, entry = write(both, "shop")

    assert list(files) == ["shop/Deployment/web", "shop/Service/web"] == list(entry.paths)
    assert write(both[::-1], "shop")[0] == files
    assert named(json.loads(files["shop/Service/web"])) == "shop/Service/web"
    assert next(unknown("shop")).what == "Secrets of shop"
