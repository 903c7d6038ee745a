"""Objects of a cluster without what its server added: bookkeeping, defaults, what it assigned.

Values that equal a default are taken for the default: who wrote them cannot be known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks.domain.platform.kubernetes.objects import BUILT_IN
from tasks.domain.platform.live.usual import SPECS, pruned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.live.usual import Facts

_BOOKKEEPING = (
    "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "finalizers",
    "generateName", "generation", "managedFields", "ownerReferences", "resourceVersion",
    "selfLink", "uid",
)  # fmt: skip
_NOTES = (
    "kubectl.kubernetes.io/last-applied-configuration",  # the whole object, values and all
    "kubernetes.io/limit-ranger",
    "deployment.kubernetes.io/",
    "deprecated.daemonset.template.generation",
    "pv.kubernetes.io/",
    "volume.kubernetes.io/",
    "volume.beta.kubernetes.io/",
    "batch.kubernetes.io/",
    "autoscaling.alpha.kubernetes.io/",
)
_ASSIGNED: Mapping[str, tuple[str, ...]] = {
    "Service": ("clusterIPs", "ipFamilies", "healthCheckNodePort"),
    "PersistentVolumeClaim": ("volumeName",),
    "Pod": ("nodeName",),
    "Job": ("selector",),
}
_POD_AT: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "CronJob": ("jobTemplate", "spec", "template", "spec"),
}
# Without labels of their own, these get those of their pods.
_LABELLED = ("Job", "ReplicationController")
# Admission gives these to each pod: how long it stays on a node that is ill.
_ILL = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def written(item: Facts) -> Facts:
    """Give an object as somebody would have written it."""
    found = {key: value for key, value in item.items() if key not in ("status", "metadata")}
    kind, spec = str(item["kind"]), found.get("spec")
    if isinstance(spec, dict) and group_of(item) in BUILT_IN:
        spec = {k: v for k, v in spec.items() if k not in _ASSIGNED.get(kind, ())}
        found["spec"] = pruned(_own(kind, spec), SPECS.get(kind, {}))
    return {"apiVersion": found.pop("apiVersion"), "kind": kind, "metadata": _named(item)} | found


def group_of(facts: Facts) -> str:
    """Give the API group of an object or of a reference to one; empty for core."""
    group, slash, _ = str(facts.get("apiVersion", "")).partition("/")
    return group if slash else ""


def controller(item: Facts) -> Facts:
    """Give the owner that made an object and keeps it as it is; empty when there is none."""
    owners = item["metadata"].get("ownerReferences") or []
    return next((dict(each) for each in owners if each.get("controller")), {})


def _named(item: Facts) -> Facts:
    own = _unlabelled(item)["metadata"]
    meta = {k: v for k, v in own.items() if k not in _BOOKKEEPING}
    notes = meta.get("annotations") or {}
    meta["annotations"] = {k: v for k, v in notes.items() if not k.startswith(_NOTES)}
    if item["kind"] in _LABELLED and meta.get("labels", 0) == _labels_of_pods(item):
        del meta["labels"]
    if owner := controller(item):
        meta["ownerReferences"] = [{k: v for k, v in owner.items() if k != "uid"}]
    return {key: value for key, value in meta.items() if value not in (None, {}, [])}


def _labels_of_pods(item: Facts) -> Any:
    template = (item.get("spec") or {}).get("template")
    return (_unlabelled(template)["metadata"] if template else {}).get("labels")


def _own(kind: str, spec: Facts) -> Facts:
    """Leave out what a server assigned, and defaults that depend on something beside them."""
    if kind == "Service":
        return _service(spec)
    if kind == "NetworkPolicy":
        sides = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
        return {k: v for k, v in spec.items() if (k, v) != ("policyTypes", sides)}
    way = _POD_AT.get(kind, ("template", "spec"))
    return _changed(spec, way)


def _changed(facts: Facts, way: tuple[str, ...]) -> Facts:
    if not way:
        return _pod(facts)
    inner = facts.get(way[0])
    if not isinstance(inner, dict):
        return facts
    found = _changed(inner, way[1:])
    return facts | {way[0]: _unlabelled(found) if way[0] == "template" else found}


def _unlabelled(holder: Facts) -> Facts:
    """Drop labels that the controller of jobs gave an object or a template."""
    meta = holder.get("metadata") or {}
    labels = meta.get("labels") or {}
    own = {
        k: v
        for k, v in labels.items()
        if not k.startswith(_NOTES) and k not in ("controller-uid", "job-name")
    }
    meta = {k: v for k, v in meta.items() if k != "labels"} | ({"labels": own} if own else {})
    return holder | {"metadata": meta}


def _service(spec: Facts) -> Facts:
    if spec.get("clusterIP") != "None":
        spec = {key: value for key, value in spec.items() if key != "clusterIP"}
    fixed = spec.get("type") in ("NodePort", "LoadBalancer")
    ports = []
    for port in spec.get("ports") or []:
        own = {k: v for k, v in port.items() if k != "targetPort" or v != port.get("port")}
        ports.append(own if fixed else {k: v for k, v in own.items() if k != "nodePort"})
    return spec | ({"ports": ports} if ports else {})


def _pod(spec: Facts) -> Facts:
    spec = {k: v for k, v in spec.items() if k != "serviceAccount"}
    shared = bool(spec.get("hostNetwork"))
    for group in ("containers", "initContainers"):
        if group in spec:
            spec[group] = [_container(each, shared=shared) for each in spec[group]]
    spec["volumes"] = [v for v in spec.get("volumes") or [] if not _injected(v)]
    spec["tolerations"] = [
        each for each in spec.get("tolerations") or [] if each.get("key") not in _ILL
    ]
    return {key: value for key, value in spec.items() if value != []}


def _container(container: Facts, *, shared: bool) -> Facts:
    reference, at, _ = str(container.get("image", "")).rpartition("/")[2].partition("@")
    latest = reference.partition(":")[2] in (("latest",) if at else ("", "latest"))
    usual = "Always" if latest else "IfNotPresent"
    mounts = [m for m in container.get("volumeMounts") or [] if not _injected(m)]
    ports = [_port(each, shared=shared) for each in container.get("ports") or []]
    return {
        key: value
        for key, value in (container | {"volumeMounts": mounts, "ports": ports}).items()
        if value != [] and (key, value) != ("imagePullPolicy", usual)
    }


def _port(port: Facts, *, shared: bool) -> Facts:
    """Leave out the host's port where a pod shares the host's network: it is the same."""
    same = shared and port.get("hostPort") == port.get("containerPort")
    return {k: v for k, v in port.items() if k != "hostPort"} if same else port


def _injected(each: Facts) -> bool:
    """The token that admission mounts into every pod; its name is the server's."""
    return str(each.get("name", "")).startswith("kube-api-access-")
