"""Kinds of objects that a cluster is asked for: those of Kubernetes, and what it was taught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.domain.platform.kubernetes.objects import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Stands for custom resources of which a cluster does not even tell the kinds.
CUSTOM = "custom resource"
# Groups of Kubernetes itself in which nobody writes down a platform; some are answered by
# another server, from figures that change with each question.
_OWN = BUILT_IN | {
    "authentication.k8s.io",
    "authorization.k8s.io",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "custom.metrics.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "external.metrics.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "metrics.k8s.io",
    "node.k8s.io",
    "resource.k8s.io",
    "storagemigration.k8s.io",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of objects in a namespace."""

    version: str  # with its group: apps/v1
    plural: str
    name: str

    @property
    def group(self) -> str:
        """Its API group; empty for core."""
        group, slash, _ = self.version.partition("/")
        return group if slash else ""

    @property
    def custom(self) -> bool:
        """Whether the cluster was taught it."""
        return self.group not in _OWN

    def path(self, namespace: str) -> str:
        """Give the address of the list of a namespace."""
        start = "/apis" if self.group else "/api"
        return f"{start}/{self.version}/namespaces/{namespace}/{self.plural}"


# Everything that a check looks at. Secrets are not among them.
KINDS = (
    Kind("v1", "configmaps", "ConfigMap"),
    Kind("v1", "limitranges", "LimitRange"),
    Kind("v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
    Kind("v1", "pods", "Pod"),
    Kind("v1", "replicationcontrollers", "ReplicationController"),
    Kind("v1", "resourcequotas", "ResourceQuota"),
    Kind("v1", "serviceaccounts", "ServiceAccount"),
    Kind("v1", "services", "Service"),
    Kind("apps/v1", "daemonsets", "DaemonSet"),
    Kind("apps/v1", "deployments", "Deployment"),
    Kind("apps/v1", "replicasets", "ReplicaSet"),
    Kind("apps/v1", "statefulsets", "StatefulSet"),
    Kind("autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    Kind("batch/v1", "cronjobs", "CronJob"),
    Kind("batch/v1", "jobs", "Job"),
    Kind("networking.k8s.io/v1", "ingresses", "Ingress"),
    Kind("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy"),
    Kind("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget"),
    Kind("rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding"),
    Kind("rbac.authorization.k8s.io/v1", "roles", "Role"),
)


def taught(groups: Mapping[str, Any]) -> Iterator[str]:
    """Give the versions of groups that are none of Kubernetes' own, the preferred one first."""
    for group in groups.get("groups") or []:
        if group.get("name") in _OWN:
            continue
        first = str((group.get("preferredVersion") or {}).get("groupVersion") or "")
        others = [str(each.get("groupVersion")) for each in group.get("versions") or []]
        yield from dict.fromkeys((*([first] if first else []), *others))


def listable(version: str, resources: Mapping[str, Any]) -> Iterator[Kind]:
    """Give the kinds of one version that lie in namespaces and can be listed."""
    for each in resources.get("resources") or []:
        plural, kind = str(each.get("name")), str(each.get("kind"))
        if each.get("namespaced") and "/" not in plural and "list" in (each.get("verbs") or []):
            yield Kind(version, plural, kind)
