from tasks.domain.platform.counts import Counts, Tally, total
from tasks.domain.platform.documents import parse
from tasks.domain.platform.kubernetes.fields import Field
from tasks.domain.platform.kubernetes.objects import manifests
from tasks.domain.platform.nodes import target

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      initContainers: [{name: wait, image: busybox}]
      containers: [{name: web, image: nginx}, {name: log, image: busybox}]
---
apiVersion: v1
kind: Namespace
metadata: {name: shop-test}
---
apiVersion: v1
kind: Service
metadata: {name: web}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: not-core}
---
apiVersion: example.org/v1
kind: Deployment
metadata: {name: not-ours}
"""
COMPOSE = "services:\n  a: {image: '${REPO}/nginx'}\n  b: {build: .}\n  c: {image: nginx}\n  d:\n"


def kubernetes(text: str) -> Tally:
    tally = Tally()
    for document in parse("x.yaml", text):
        for manifest in manifests(document):
            tally.take_manifest(manifest)
    return tally


def compose(text: str) -> Tally:
    tally, node = Tally(), parse("c.yaml", text)[0].root
    assert node is not None
    tally.take_compose(Field(target(node), node.place, "").get("services"))
    return tally


def test_objects_containers_and_namespaces_are_counted_as_written() -> None:
    assert kubernetes(WEB).counts() == Counts(
        objects=5,
        kinds={
            "Deployment": 1,
            "Deployment.example.org": 1,
            "Namespace": 1,
            "Service": 1,
            "Service.serving.knative.dev": 1,
        },
        services=1,
        workloads=1,
        workload_kinds={"Deployment": 1},
        containers=2,
        init_containers=1,
        images_as_written=2,
        namespaces=("shop", "shop-test"),
    )


def test_an_image_named_in_several_files_counts_once() -> None:
    whole = total([kubernetes(WEB), compose(COMPOSE), kubernetes(WEB)])

    assert (whole.images_as_written, whole.compose_services, whole.containers) == (3, 4, 4)
