"""Kinds that Kubernetes itself serves, or once served, with their versions.

An object of one of its groups that is not in this table is a slip of the pen, or
newer than we are: either way nobody can say what it does.
"""

from __future__ import annotations

_KINDS = {
    "": "Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node "
    "PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota "
    "Secret Service ServiceAccount List",
    "admissionregistration.k8s.io": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding "
    "MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding "
    "ValidatingWebhookConfiguration",
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "apiregistration.k8s.io": "APIService",
    "apps": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "autoscaling": "HorizontalPodAutoscaler Scale",
    "batch": "CronJob Job",
    "extensions": "DaemonSet Deployment Ingress NetworkPolicy PodSecurityPolicy ReplicaSet",
    "networking.k8s.io": "IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR",
    "policy": "Eviction PodDisruptionBudget PodSecurityPolicy",
    "rbac.authorization.k8s.io": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "scheduling.k8s.io": "PriorityClass",
    "storage.k8s.io": "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment "
    "VolumeAttributesClass",
}
_OWN = {group: frozenset(names.split()) for group, names in _KINDS.items()}
# No namespace holds them, so none can be missing.
_WIDE = (
    "APIService CSIDriver CSINode ClusterRole ClusterRoleBinding ComponentStatus "
    "CustomResourceDefinition IPAddress IngressClass List MutatingAdmissionPolicy "
    "MutatingAdmissionPolicyBinding MutatingWebhookConfiguration Namespace Node "
    "PersistentVolume PodSecurityPolicy PriorityClass ServiceCIDR StorageClass "
    "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding "
    "ValidatingWebhookConfiguration VolumeAttachment VolumeAttributesClass"
)
_CLUSTER_WIDE = frozenset(_WIDE.split())
_VERSIONS = {
    "": "v1",
    "apps": "v1 v1beta1 v1beta2",
    "autoscaling": "v1 v2 v2beta1 v2beta2",
    "batch": "v1 v1beta1 v2alpha1",
    "extensions": "v1beta1",
    "policy": "v1 v1beta1",
}
_SERVED = {group: frozenset(names.split()) for group, names in _VERSIONS.items()}
_OTHERS = frozenset(("v1", "v1alpha1", "v1alpha2", "v1alpha3", "v1beta1", "v1beta2", "v1beta3"))


def is_known(api_version: str, kind: str) -> bool:
    """Tell whether Kubernetes serves, or once served, ``kind`` under ``api_version``."""
    group, slash, version = api_version.rpartition("/")
    if slash and not group:
        return False
    return kind in _OWN.get(group, ()) and version in _SERVED.get(group, _OTHERS)


def is_namespaced(api_version: str, kind: str) -> bool:
    """Tell whether Kubernetes keeps objects of this kind in a namespace; False for custom kinds."""
    return is_known(api_version, kind) and kind not in _CLUSTER_WIDE
