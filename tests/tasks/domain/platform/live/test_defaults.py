from __future__ import annotations

from typing import Any

import pytest

from tasks.domain.platform.live.defaults import controller, group_of, written


def item(kind: str = "Deployment", **more: Any) -> dict[str, Any]:
    meta = {"name": "web", "namespace": "shop", "uid": "1", "resourceVersion": "5"}
    version = more.pop("version", "apps/v1")
    return {"apiVersion": version, "kind": kind, "metadata": meta | more.pop("meta", {})} | more


def test_bookkeeping_and_the_copy_of_what_was_applied_are_left_out() -> None:
    notes = {
        "kubectl.kubernetes.io/last-applied-configuration": "CANARY",
        "deployment.kubernetes.io/revision": "3",
        "owner": "team",
    }
    meta = {"annotations": notes, "finalizers": ["kubernetes.io/pvc-protection"]}
    found = written(item(meta=meta, spec={"replicas": 2}, status={"x": 1}))

    assert found["metadata"] == {
        "name": "web",
        "namespace": "shop",
        "annotations": {"owner": "team"},
    }
    assert found["spec"] == {"replicas": 2}
    assert "status" not in found


def test_what_somebody_set_stays_and_what_a_server_fills_in_goes() -> None:
    container = {
        "name": "c", "image": "a:1", "imagePullPolicy": "Always", "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "livenessProbe": {
            "periodSeconds": 10, "timeoutSeconds": 5, "httpGet": {"scheme": "HTTP", "port": 80},
        },
        "volumeMounts": [{"name": "kube-api-access-x"}],
    }  # fmt: skip
    pod = {"containers": [container], "restartPolicy": "Always", "serviceAccount": "x"}
    found = written(item(spec={"template": {"metadata": {"creationTimestamp": None}, "spec": pod}}))

    assert found["spec"]["template"] == {
        "spec": {
            "containers": [
                {
                    "name": "c", "image": "a:1", "imagePullPolicy": "Always",
                    "livenessProbe": {"timeoutSeconds": 5, "httpGet": {"port": 80}},
                }
            ]
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("image", "policy", "kept"),
    [
        ("a", "Always", False),
        ("a:latest", "Always", False),
        ("a:latest", "IfNotPresent", True),
        ("h:5000/a:1", "IfNotPresent", False),
        ("h:5000/a", "Always", False),
        ("a@sha256:0", "IfNotPresent", False),
        ("a:latest@sha256:0", "Always", False),
        ("a:1", "Always", True),
    ],
)
def test_when_an_image_is_pulled_is_somebodys_word_where_it_is_not_the_default(
    image: str, policy: str, *, kept: bool
) -> None:
    container = {"name": "c", "image": image, "imagePullPolicy": policy}
    found = written(item("Pod", version="v1", spec={"containers": [container]}))

    assert ("imagePullPolicy" in found["spec"]["containers"][0]) is kept


@pytest.mark.parametrize(("kind", "kept"), [("ClusterIP", False), ("NodePort", True)])
def test_an_assigned_port_of_the_node_counts_only_where_nodes_are_asked(
    kind: str, *, kept: bool
) -> None:
    port = {"port": 80, "targetPort": 80, "protocol": "TCP", "nodePort": 30080}
    spec = {"type": kind, "clusterIP": "10.0.0.1", "ports": [port]}
    found = written(item("Service", version="v1", spec=spec))

    assert ("nodePort" in found["spec"]["ports"][0]) is kept
    assert "clusterIP" not in found["spec"]


def test_a_port_of_the_host_counts_only_where_the_network_is_not_the_hosts() -> None:
    def port(*, shared: bool, host: int) -> dict[str, Any]:
        ports = [{"containerPort": 80, "hostPort": host}]
        spec = {"hostNetwork": shared, "containers": [{"image": "a:1", "ports": ports}]}
        found = written(item("Pod", version="v1", spec=spec))
        return dict(found["spec"]["containers"][0]["ports"][0])

    assert port(shared=True, host=80) == {"containerPort": 80}
    assert port(shared=False, host=80) == {"containerPort": 80, "hostPort": 80}


def test_a_headless_service_and_a_job_inside_a_cron_job_stay_what_they_are() -> None:
    headless = written(item("Service", version="v1", spec={"clusterIP": "None"}))
    labels = {"controller-uid": "1", "batch.kubernetes.io/job-name": "x", "app": "x"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"image": "a:1"}]}}
    job = {"metadata": {}, "spec": {"backoffLimit": 6, "template": template}}
    cron = written(item("CronJob", version="batch/v1", spec={"jobTemplate": job}))

    assert headless["spec"]["clusterIP"] == "None"
    assert cron["spec"]["jobTemplate"]["spec"] == {
        "template": {"metadata": {"labels": {"app": "x"}}, "spec": template["spec"]}
    }


def test_a_custom_resource_with_a_known_name_has_no_defaults_of_kubernetes() -> None:
    spec = {"backoffLimit": 6}

    assert written(item("Job", version="batch/v1", spec=spec)).get("spec") == {}
    assert written(item("Job", version="batch.volcano.sh/v1", spec=spec))["spec"] == spec


def test_who_keeps_an_object_stays_known() -> None:
    owner = {"apiVersion": "example.org/v1", "kind": "Train", "name": "t", "controller": True}
    found = item("Pod", version="v1", meta={"ownerReferences": [owner | {"uid": "9"}]})

    assert written(found)["metadata"]["ownerReferences"] == [owner]
    assert (controller(found)["kind"], group_of(controller(found))) == ("Train", "example.org")
    assert controller(item(meta={"ownerReferences": [{"kind": "Node"}]})) == {}
