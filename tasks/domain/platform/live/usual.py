"""What an API server fills in when nobody writes it, kind by kind.

A table says it as an object would: a value is the default of its field, a mapping holds
those of the fields inside, a list holds what each of its members may have. Agreement with
a real server is tested on a recording of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Facts: TypeAlias = dict[str, Any]

_ACTION: Facts = {"httpGet": {"scheme": "HTTP", "path": "/"}, "grpc": {"service": ""}}
_PROBE: Facts = _ACTION | {
    "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
}  # fmt: skip
_PORT: Facts = {"protocol": "TCP"}
_FIELD: Facts = {"fieldRef": {"apiVersion": "v1"}, "resourceFieldRef": {"divisor": "0"}}
_CONTAINER: Facts = {
    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    "resources": {}, "ports": [_PORT], "env": [{"valueFrom": _FIELD}],
    "livenessProbe": _PROBE, "readinessProbe": _PROBE, "startupProbe": _PROBE,
    "lifecycle": {"preStop": _ACTION, "postStart": _ACTION},
}  # fmt: skip
_ITEMS: Facts = {"defaultMode": 420, "items": [_FIELD]}
CLAIM: Facts = {"volumeMode": "Filesystem"}
_VOLUME: Facts = {
    "configMap": _ITEMS, "secret": _ITEMS, "downwardAPI": _ITEMS,
    "projected": {
        "defaultMode": 420,
        "sources": [{"downwardAPI": _ITEMS, "serviceAccountToken": {"expirationSeconds": 3600}}],
    },
    "hostPath": {"type": ""},
    "ephemeral": {"volumeClaimTemplate": {"spec": CLAIM}},
}  # fmt: skip
POD: Facts = {
    "restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30, "securityContext": {}, "enableServiceLinks": True,
    "serviceAccountName": "default", "preemptionPolicy": "PreemptLowerPriority", "priority": 0,
    "containers": [_CONTAINER], "initContainers": [_CONTAINER], "volumes": [_VOLUME],
}  # fmt: skip
_TEMPLATE: Facts = {"metadata": {"creationTimestamp": None}, "spec": POD}
_JOB: Facts = {
    "backoffLimit": 6, "completions": 1, "parallelism": 1, "completionMode": "NonIndexed",
    "suspend": False, "podReplacementPolicy": "TerminatingOrFailed", "manualSelector": False,
    "template": _TEMPLATE,
}  # fmt: skip
SPECS: Mapping[str, Facts] = {
    "Pod": POD,
    "Deployment": {
        "replicas": 1, "progressDeadlineSeconds": 600, "revisionHistoryLimit": 10,
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
        },
        "template": _TEMPLATE,
    },
    "ReplicaSet": {"replicas": 1, "template": _TEMPLATE},
    "ReplicationController": {"replicas": 1, "template": _TEMPLATE},
    "StatefulSet": {
        "replicas": 1, "podManagementPolicy": "OrderedReady", "revisionHistoryLimit": 10,
        "updateStrategy": {
            "type": "RollingUpdate", "rollingUpdate": {"partition": 0, "maxUnavailable": 1},
        },
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "template": _TEMPLATE,
        "volumeClaimTemplates": [{
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": CLAIM,
            "metadata": {"creationTimestamp": None}, "status": {"phase": "Pending"},
        }],
    },
    "DaemonSet": {
        "revisionHistoryLimit": 10, "template": _TEMPLATE,
        "updateStrategy": {
            "type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0},
        },
    },
    "Job": _JOB,
    "CronJob": {
        "concurrencyPolicy": "Allow", "failedJobsHistoryLimit": 1,
        "successfulJobsHistoryLimit": 3, "suspend": False,
        "jobTemplate": {"metadata": {"creationTimestamp": None}, "spec": _JOB},
    },
    "Service": {
        "internalTrafficPolicy": "Cluster", "sessionAffinity": "None", "type": "ClusterIP",
        "ipFamilyPolicy": "SingleStack", "externalTrafficPolicy": "Cluster",
        "allocateLoadBalancerNodePorts": True, "ports": [_PORT],
    },
    "PersistentVolumeClaim": CLAIM,
    "NetworkPolicy": {"ingress": [{"ports": [_PORT]}], "egress": [{"ports": [_PORT]}]},
    "HorizontalPodAutoscaler": {"minReplicas": 1},
}  # fmt: skip


def pruned(facts: Facts, usual: Mapping[str, Any]) -> Facts:
    """Leave out what equals the default, at every depth, and what is empty then."""
    found = {}
    for name, value in facts.items():
        if name not in usual:
            found[name] = value
        elif isinstance(value, dict) and isinstance(usual[name], dict):
            if inner := pruned(value, usual[name]):
                found[name] = inner
        elif isinstance(value, list) and isinstance(usual[name], list):
            found[name] = [_member(each, usual[name][0]) for each in value]
        elif value != usual[name]:
            found[name] = value
    return found


def _member(value: Any, usual: Mapping[str, Any]) -> Any:
    return pruned(value, usual) if isinstance(value, dict) else value
