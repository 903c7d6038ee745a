from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.platform.kubernetes.reader import read
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.sources import Source

if TYPE_CHECKING:
    from tasks.domain.platform.cluster import Cluster

PODS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata:
      labels: {app: web, tier: front}
      annotations: {example.org/note: hunter2}
    spec:
      nodeSelector: {beta.kubernetes.io/os: linux}
      containers: [{name: web, image: "example/web:1"}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: jobs}
spec:
  template:
    metadata: {labels: {app: jobs}}
    spec:
      volumes: [{name: code, gitRepo: {repository: "https://user:hunter2@example.org"}}]
      containers: [{name: jobs, image: "example/jobs:1"}]
"""


def _cluster(text: str) -> Cluster:
    source = Source("s", {"all.yaml": (PODS + "---\n" + text).encode()})
    return read(source, Entry("all.yaml", EntryKind.KUBERNETES, ("all.yaml",))).cluster


def test_a_budget_knows_whom_it_selects_and_what_it_keeps() -> None:
    (budget,) = _cluster("""
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: keep}
spec:
  minAvailable: 50%
  selector:
    matchExpressions: [{key: app, operator: In, values: [web, other]}]
""").budgets

    assert (budget.of.name, budget.targets, budget.everybody) == ("keep", ("web",), False)
    assert budget.min_available is not None
    assert budget.min_available.value == "50%"
    assert budget.max_unavailable is None


def test_a_policy_knows_that_it_lets_everybody_in() -> None:
    open_to_all, closed = _cluster("""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all}
spec: {podSelector: {}, ingress: [{}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: some}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{podSelector: {matchLabels: {app: jobs}}}]}]
""").policies

    assert (open_to_all.everybody, open_to_all.allows_all) == (True, True)
    assert open_to_all.targets == ("web", "jobs")
    assert (closed.everybody, closed.allows_all, closed.targets) == (False, False, ("web",))


def test_an_autoscaler_knows_what_it_measures_against_requests() -> None:
    new, old = _cluster("""
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: new}
spec:
  scaleTargetRef: {kind: Deployment, name: web}
  metrics:
    - {type: Resource, resource: {name: memory, target: {averageUtilization: 80}}}
    - {type: Resource, resource: {name: cpu, target: {averageValue: 1}}}
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: old}
spec: {scaleTargetRef: {kind: Deployment, name: web}, targetCPUUtilizationPercentage: 80}
""").autoscalers

    assert (new.target_kind, new.target, new.utilised) == ("Deployment", "web", ("memory",))
    assert old.utilised == ("cpu",)


def test_rights_and_who_has_them_are_read() -> None:
    cluster = _cluster("""
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [one]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: bound}
roleRef: {kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: default}]
""")

    (rule,) = cluster.roles[0].rules
    assert (rule.resources, rule.verbs, rule.names) == (
        frozenset({"secrets"}),
        frozenset({"get"}),
        True,
    )
    (grant,) = cluster.grants
    assert (grant.role_kind, grant.role, grant.kind, grant.name) == (
        "ClusterRole",
        "reader",
        "ServiceAccount",
        "default",
    )


def test_of_a_secret_no_value_is_kept() -> None:
    cluster = _cluster("""
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {password: teapot-and-tray}
""")

    assert [value.name for value in cluster.secrets[0].values] == ["password"]
    assert "teapot" not in repr(cluster)


def test_claims_and_defaults_of_a_namespace_are_read() -> None:
    cluster = _cluster("""
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce]}
---
apiVersion: v1
kind: LimitRange
metadata: {name: usual, namespace: shop}
spec: {limits: [{type: Container, default: {memory: 1Gi}, defaultRequest: {cpu: 100m}}]}
""")

    assert cluster.claims[0].modes == {"ReadWriteOnce"}
    assert cluster.provided == (
        ("shop", frozenset({"memory_limit", "memory_request", "cpu_request"})),
    )


def test_markers_are_names_without_their_values() -> None:
    cluster = _cluster("")

    found = {(marker.of, marker.name, marker.subject) for marker in cluster.markers}
    assert ("annotation", "example.org/note", "web") in found
    assert ("node-label", "beta.kubernetes.io/os", "web") in found
    assert ("volume", "gitRepo", "jobs") in found
    assert "hunter2" not in repr(cluster)
