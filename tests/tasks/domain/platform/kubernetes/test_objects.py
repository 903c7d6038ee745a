from tasks.domain.platform.documents import parse
from tasks.domain.platform.kubernetes.objects import Manifest, manifests, pod_of

LISTS = """\
apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
  - apiVersion: v1
    kind: ConfigMapList
    items:
      - metadata: {name: one, namespace: shop}
      - {}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBindingList
items:
  - {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {generateName: r-}}
---
kind: no version
---
- a list
---
"""


def objects(text: str) -> list[Manifest]:
    return [m for document in parse("x.yaml", text) for m in manifests(document)]


def test_lists_within_lists_and_typed_lists_are_expanded() -> None:
    found = [(m.label, m.api_version, m.namespace) for m in objects(LISTS)]

    assert found == [
        ("Deployment/web", "apps/v1", ""),
        ("ConfigMap/one", "v1", "shop"),
        ("ConfigMap/", "v1", ""),
        ("RoleBinding/r-", "rbac.authorization.k8s.io/v1", ""),
    ]


def test_a_service_of_another_group_is_not_a_core_service() -> None:
    knative, core = objects(
        "apiVersion: serving.knative.dev/v1\nkind: Service\n---\napiVersion: v1\nkind: Service\n"
    )

    assert (knative.is_core("Service"), core.is_core("Service")) == (False, True)
    assert knative.counted_kind == "Service.serving.knative.dev"


def test_each_workload_has_its_pod_where_its_kind_puts_it() -> None:
    cron, pod, job = objects(
        "{apiVersion: batch/v1, kind: CronJob, metadata: {name: c},"
        " spec: {jobTemplate: {spec: {template: {spec: {a: 1}}}}}}\n---\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {a: 2}}\n---\n"
        "{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {template: {spec: {a: 3}}}}"
    )

    assert [pod_of(m).get("a").integer() for m in (cron, pod, job)] == [1, 2, 3]
    assert pod_of(cron).path == "CronJob/c:spec.jobTemplate.spec.template.spec"
