"""What a cluster serves of its objects, written down as the manifests that they came from.

A server adds what nobody wrote: its own bookkeeping, defaults, and objects that its
controllers make. These are left out, so that the same checks see what people decided.
Values that equal a default are taken for the default: who wrote them cannot be known.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from tasks.domain.platform.model import Entry, EntryKind, NotAssessed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Facts: TypeAlias = dict[str, Any]

# What is asked for: everything that a check looks at. Secrets are not among them.
KINDS: tuple[tuple[str, str, str], ...] = (
    ("v1", "configmaps", "ConfigMap"),
    ("v1", "limitranges", "LimitRange"),
    ("v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
    ("v1", "pods", "Pod"),
    ("v1", "replicationcontrollers", "ReplicationController"),
    ("v1", "resourcequotas", "ResourceQuota"),
    ("v1", "serviceaccounts", "ServiceAccount"),
    ("v1", "services", "Service"),
    ("apps/v1", "daemonsets", "DaemonSet"),
    ("apps/v1", "deployments", "Deployment"),
    ("apps/v1", "replicasets", "ReplicaSet"),
    ("apps/v1", "statefulsets", "StatefulSet"),
    ("autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    ("batch/v1", "cronjobs", "CronJob"),
    ("batch/v1", "jobs", "Job"),
    ("networking.k8s.io/v1", "ingresses", "Ingress"),
    ("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy"),
    ("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding"),
    ("rbac.authorization.k8s.io/v1", "roles", "Role"),
)
_BOOKKEEPING = (
    "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generateName",
    "generation", "managedFields", "ownerReferences", "resourceVersion", "selfLink", "uid",
)  # fmt: skip
_NOTES = (
    "kubectl.kubernetes.io/last-applied-configuration",  # the whole object, values and all
    "deployment.kubernetes.io/",
    "deprecated.daemonset.template.generation",
    "pv.kubernetes.io/",
    "volume.kubernetes.io/",
    "volume.beta.kubernetes.io/",
    "batch.kubernetes.io/",
    "autoscaling.alpha.kubernetes.io/",
)
_POD: Facts = {
    "restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30, "securityContext": {}, "enableServiceLinks": True,
    "serviceAccountName": "default", "preemptionPolicy": "PreemptLowerPriority", "priority": 0,
}  # fmt: skip
_CONTAINER: Facts = {
    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    "resources": {},
}  # fmt: skip
_PROBE: Facts = {
    "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
}  # fmt: skip
_ROLLING: Facts = {
    "type": "RollingUpdate",
    "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
}
_DEFAULTS: Mapping[str, Facts] = {
    "Deployment": {
        "progressDeadlineSeconds": 600, "revisionHistoryLimit": 10, "strategy": _ROLLING,
    },
    "StatefulSet": {
        "podManagementPolicy": "OrderedReady", "revisionHistoryLimit": 10,
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    },
    "DaemonSet": {
        "revisionHistoryLimit": 10,
        "updateStrategy": {
            "type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0},
        },
    },
    "Job": {
        "backoffLimit": 6, "completions": 1, "parallelism": 1, "completionMode": "NonIndexed",
        "suspend": False, "podReplacementPolicy": "TerminatingOrFailed", "manualSelector": False,
    },
    "CronJob": {
        "concurrencyPolicy": "Allow", "failedJobsHistoryLimit": 1,
        "successfulJobsHistoryLimit": 3, "suspend": False,
    },
    "Service": {
        "internalTrafficPolicy": "Cluster", "sessionAffinity": "None", "type": "ClusterIP",
        "ipFamilyPolicy": "SingleStack", "externalTrafficPolicy": "Cluster",
        "allocateLoadBalancerNodePorts": True,
    },
    "PersistentVolumeClaim": {"volumeMode": "Filesystem"},
}  # fmt: skip
_ASSIGNED: Mapping[str, tuple[str, ...]] = {
    "Service": ("clusterIPs", "ipFamilies", "healthCheckNodePort"),
    "PersistentVolumeClaim": ("volumeName",),
    "Pod": ("nodeName",),
    "Job": ("selector",),
}


def named(item: Facts) -> str:
    """Name an object as a file: namespace, kind, name."""
    meta = item["metadata"]
    return f"{meta.get('namespace', '')}/{item['kind']}/{meta['name']}"


def write(items: Iterable[Facts], namespace: str) -> tuple[dict[str, bytes], Entry]:
    """Write what people decided as manifests, one an object, and the entry that they are."""
    files = {}
    for item in items:
        if not _made_by_the_system(item):
            text = json.dumps(written(item), indent=2, ensure_ascii=False)
            files[named(item)] = f"{text}\n".encode()
    files = dict(sorted(files.items()))
    return files, Entry(namespace, EntryKind.KUBERNETES, tuple(files))


def unknown(namespace: str) -> Iterator[NotAssessed]:
    """Say what a cluster cannot know, or is not asked for."""
    yield NotAssessed(
        f"Secrets of {namespace}",
        "they are not asked for, so that no value leaves the cluster",
        "Check the manifests that make them, too.",
    )
    yield NotAssessed(
        f"how the objects of {namespace} are made",
        "a cluster knows neither charts and overlays nor Dockerfiles",
        "Check the files that they were applied from, too.",
    )
    yield NotAssessed(
        f"custom resources and objects beside {namespace}",
        "only kinds of Kubernetes in this namespace are asked for",
        "Check the files that they were applied from, too.",
    )


def _made_by_the_system(item: Facts) -> bool:
    meta = item["metadata"]
    owners = meta.get("ownerReferences") or []
    if any(each.get("controller") for each in owners):
        return True
    name, kind = meta["name"], item["kind"]
    return (
        (kind == "ConfigMap" and name == "kube-root-ca.crt")
        or (kind == "ServiceAccount" and name == "default" and set(item) <= {
            "apiVersion", "kind", "metadata",
        })
        or (kind == "Service" and name == "kubernetes" and meta.get("namespace") == "default")
    )  # fmt: skip


def written(item: Facts) -> Facts:
    """Give an object as somebody would have written it."""
    found = {key: value for key, value in item.items() if key not in ("status", "metadata")}
    meta = {k: v for k, v in item["metadata"].items() if k not in _BOOKKEEPING}
    notes = {k: v for k, v in (meta.get("annotations") or {}).items() if not k.startswith(_NOTES)}
    meta["annotations"] = notes
    meta = {key: value for key, value in meta.items() if value not in (None, {}, [])}
    kind = str(item["kind"])
    spec = found.get("spec")
    if isinstance(spec, dict):
        spec = {k: v for k, v in spec.items() if k not in _ASSIGNED.get(kind, ())}
        found["spec"] = _spec(kind, _without(spec, _DEFAULTS.get(kind, {})))
    return {"apiVersion": found.pop("apiVersion"), "kind": kind, "metadata": meta} | found


def _spec(kind: str, spec: Facts) -> Facts:
    if kind == "Service":
        return _service(spec)
    if kind == "Pod":
        return _pod(spec)
    if kind == "CronJob" and isinstance(job := spec.get("jobTemplate"), dict):
        inner = _without(dict(job.get("spec") or {}), _DEFAULTS["Job"])
        return spec | {"jobTemplate": _plain(job) | {"spec": _spec("Job", inner)}}
    if isinstance(template := spec.get("template"), dict):
        spec = spec | {"template": _plain(template) | {"spec": _pod(template.get("spec") or {})}}
    if isinstance(claims := spec.get("volumeClaimTemplates"), list):
        spec = spec | {"volumeClaimTemplates": [_claim(each) for each in claims]}
    return spec


def _plain(template: Facts) -> Facts:
    """Drop the empty bookkeeping of a template, and labels that a controller added."""
    meta = {k: v for k, v in (template.get("metadata") or {}).items() if v is not None}
    labels = meta.get("labels") or {}
    own = {
        k: v for k, v in labels.items() if not k.startswith(_NOTES) and "controller-uid" not in k
    }
    return {"metadata": meta | ({"labels": own} if own else {})}


def _claim(claim: Facts) -> Facts:
    kept = {k: v for k, v in claim.items() if k in ("metadata", "spec")}
    meta = {k: v for k, v in (kept.get("metadata") or {}).items() if v is not None}
    spec = _without(kept.get("spec") or {}, _DEFAULTS["PersistentVolumeClaim"])
    return {"metadata": meta, "spec": spec}


def _service(spec: Facts) -> Facts:
    if spec.get("clusterIP") != "None":
        spec = {key: value for key, value in spec.items() if key != "clusterIP"}
    fixed = spec.get("type") in ("NodePort", "LoadBalancer")
    ports = []
    for port in spec.get("ports") or []:
        own = _without(port, {"protocol": "TCP", "targetPort": port.get("port")})
        ports.append(own if fixed else {k: v for k, v in own.items() if k != "nodePort"})
    return spec | ({"ports": ports} if ports else {})


def _pod(spec: Facts) -> Facts:
    spec = _without({k: v for k, v in spec.items() if k != "serviceAccount"}, _POD)
    for group in ("containers", "initContainers"):
        if group in spec:
            spec[group] = [_container(each) for each in spec[group]]
    if "volumes" in spec:
        spec["volumes"] = [_volume(v) for v in spec["volumes"] if not _injected(v)]
    return {key: value for key, value in spec.items() if value != []}


def _container(container: Facts) -> Facts:
    image = str(container.get("image", "")).rpartition("/")[2]
    latest = "@" not in image and image.partition(":")[2] in ("", "latest")
    usual = {"imagePullPolicy": "Always" if latest else "IfNotPresent"}
    found = _without(container, _CONTAINER | usual)
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe in found:
            found[probe] = _probe(found[probe])
    if "ports" in found:
        found["ports"] = [_without(each, {"protocol": "TCP"}) for each in found["ports"]]
    mounts = [m for m in found.get("volumeMounts", []) if not _injected(m)]
    return {key: value for key, value in found.items() if key != "volumeMounts"} | (
        {"volumeMounts": mounts} if mounts else {}
    )


def _probe(probe: Facts) -> Facts:
    found = _without(probe, _PROBE)
    if "httpGet" in found:
        found["httpGet"] = _without(found["httpGet"], {"scheme": "HTTP"})
    return found


def _volume(volume: Facts) -> Facts:
    usual = {"defaultMode": 420}
    return {k: _without(v, usual) if isinstance(v, dict) else v for k, v in volume.items()}


def _injected(each: Facts) -> bool:
    """The token that admission mounts into every pod; its name is the server's."""
    return str(each.get("name", "")).startswith("kube-api-access-")


def _without(facts: Facts, usual: Mapping[str, Any]) -> Facts:
    return {k: v for k, v in facts.items() if k not in usual or v != usual[k]}
