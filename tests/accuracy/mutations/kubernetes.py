"""How each defect is planted in a Kubernetes workload, and in objects beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tests.accuracy.mutations.plant import Plant, add, both, drop, one_of, partner, put, to_all
from tests.accuracy.mutations.yamltext import Unfit, get

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.accuracy.mutations.places import Site
    from tests.accuracy.mutations.plant import Act

ON, OFF = True, False
_CONTEXT = "securityContext"
_DIGEST = "example/site@sha256:" + "0123456789abcdef" * 4
_OLD = ("redis:4.0.6", "mongo:3.4", "python:3.6-slim", "mysql:5.6", "node:12-alpine")
_STORES = ("postgres:17", "mysql:8.4", "mongo:8", "rabbitmq:4", "elasticsearch:9.1.0")
_RESOURCES = {
    "limits": {"cpu": "500m", "memory": "256Mi"},
    "requests": {"cpu": "100m", "memory": "128Mi"},
}
_ASKED = {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 5}
_GROUP = "rbac.authorization.k8s.io"
_RBAC = f"{_GROUP}/v1"
_EVERY_POD: dict[str, Any] = {"podSelector": {}, "policyTypes": ["Ingress"]}


def _in_pod(value: Any, *keys: str) -> Act:
    return lambda site: site.edits.put(site.pod, value, *keys)


def _in_workload(value: Any, *keys: str) -> Act:
    return lambda site: site.edits.put(site.document, value, *keys)


def _variable(name: str, value: str) -> Act:
    return add({"name": name, "value": value}, "env")


def _mounted(volume: Mapping[str, Any], **more: Any) -> Act:
    def act(site: Site) -> None:
        site.edits.add(site.pod, [{"name": "planted", **volume}], "volumes")
        mount = {"name": "planted", "mountPath": "/planted", **more}
        site.edits.add(site.service, [mount], "volumeMounts")

    return act


def _host(path: str, **more: Any) -> Act:
    return _mounted({"hostPath": {"path": path}}, **more)


def _object(make: Callable[[Site], Mapping[str, Any]]) -> Act:
    """Make an act that writes an object of its own behind the workload, named after the place."""

    def act(site: Site) -> None:
        written = dict(make(site))
        metadata = {"name": f"planted-{site.number}", **written.pop("metadata", {})}
        if site.namespace:
            metadata.setdefault("namespace", site.namespace)
        document = {**written, "metadata": metadata}
        site.edits.append("---\n" + yaml.safe_dump(document, sort_keys=True))

    return act


def _service(*, port: int = 8080, target: Any = None, kind: str = "ClusterIP") -> Act:
    return _object(
        lambda site: {
            "apiVersion": "v1",
            "kind": "Service",
            "spec": {
                "type": kind,
                "selector": site.labels,
                "ports": [{"port": port, "targetPort": target or port}],
            },
        }
    )


def _budget(spec: Mapping[str, Any], *, nobody: bool = False) -> Act:
    return _object(
        lambda site: {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "spec": {
                **spec,
                "selector": {"matchLabels": {"app": "nobody-here"} if nobody else site.labels},
            },
        }
    )


def _scaler(site: Site) -> Mapping[str, Any]:
    share = {"type": "Utilization", "averageUtilization": 70}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": site.name},
            "minReplicas": 2,
            "maxReplicas": 5,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": share}}],
        },
    }


def _role(*rules: Mapping[str, Any]) -> Act:
    return _object(lambda site: {"apiVersion": _RBAC, "kind": "ClusterRole", "rules": list(rules)})


def _binding(role: str, subject: Mapping[str, Any]) -> Act:
    return _object(
        lambda site: {
            "apiVersion": _RBAC,
            "kind": "ClusterRoleBinding",
            "roleRef": {
                "apiGroup": _GROUP,
                "kind": "ClusterRole",
                "name": role,
            },
            "subjects": [dict(subject)],
        }
    )


def _account(name: str) -> Mapping[str, Any]:
    return {"kind": "ServiceAccount", "name": name, "namespace": "planted"}


def _claim(site: Site) -> Mapping[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }


def _claimed(copies: int) -> Act:
    def act(site: Site) -> None:
        _object(_claim)(site)
        _mounted({"persistentVolumeClaim": {"claimName": f"planted-{site.number}"}})(site)
        _in_workload(copies, "spec", "replicas")(site)
        _in_workload({"type": "Recreate"}, "spec", "strategy")(site)

    return act


def _stateless(site: Site) -> None:
    """Refuse a place that keeps data: there the defect would be none."""
    if site.stores:
        raise Unfit


def _two_apart(site: Site) -> None:
    partner(site)
    for document in (site.document, site.other):
        site.edits.put(document, f"planted-{site.number}", "metadata", "namespace")


def _ruled(site: Site) -> None:
    _two_apart(site)
    policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"namespace": f"planted-{site.number}"},
        "spec": _EVERY_POD,
    }
    _object(lambda _: policy)(site)


def _same_port(site: Site) -> None:
    ports = [{"containerPort": inner, "hostPort": site.host} for inner in (81, 82)]
    site.edits.add(site.service, ports, "ports")


_ONE_PORT: Act = lambda site: site.edits.add(  # noqa: E731  # reads like its neighbours
    site.service, [{"containerPort": 81, "hostPort": site.host}], "ports"
)


def _no_account(site: Site) -> None:
    for key in ("automountServiceAccountToken", "serviceAccountName", "serviceAccount"):
        site.edits.drop(site.pod, key)


def _pod(site: Site) -> Mapping[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "spec": {"containers": [{"name": "planted", "image": "example/site:1.4.2"}]},
    }


def _ingress(site: Site, **more: Any) -> Mapping[str, Any]:
    way = {"service": {"name": site.name, "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": way}
    rule = {"host": "shop.example", "http": {"paths": [path]}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "spec": {"rules": [rule], **more},
    }


_ANSWERS = {"readinessProbe": _ASKED, "livenessProbe": _ASKED}
_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_NAMED = "planted-namespace"
_APART = [
    {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway"}
]
_FILTER = {"type": "RuntimeDefault"}


def _moves(policy: str) -> Act:
    return both(put("example/site:edge", "image"), put(policy, "imagePullPolicy"))


def _misses(site: Site) -> None:
    """Give selector and pods a label of their own, and let them disagree."""
    for value, *way in (("one", "selector", "matchLabels"), ("two", *_LABELS)):
        site.edits.put(site.document, {**site.labels, "planted": value}, "spec", *way)


def _meets(site: Site) -> None:
    for way in (("selector", "matchLabels"), _LABELS):
        site.edits.put(site.document, {**site.labels, "planted": "one"}, "spec", *way)


_LABELS = ("template", "metadata", "labels")


def _nowhere(site: Site) -> None:
    site.edits.drop(get(site.document, "metadata"), "namespace")


def _commanded(**annotations: str) -> Act:
    return _object(lambda site: {**_ingress(site), "metadata": {"annotations": annotations}})


def _told_twice(names: tuple[str, str]) -> Act:
    return lambda site: site.edits.add(
        site.service, [{"name": name, "value": "planted"} for name in names], "env"
    )


PLANTS: tuple[Plant, ...] = (
    Plant("privileged-container", put(ON, _CONTEXT, "privileged")),
    Plant("engine-socket-mounted", _host("/var/run/docker.sock")),
    Plant(
        "host-namespace",
        one_of(_in_pod(ON, "hostPID"), _in_pod(ON, "hostNetwork"), _in_pod(ON, "hostIPC")),
    ),
    Plant("host-folder-mounted", one_of(_host("/etc", readOnly=True), _host("/var/lib/kubelet"))),
    Plant(
        "capability-added",
        one_of(
            add("SYS_ADMIN", _CONTEXT, "capabilities", "add"),
            add("NET_ADMIN", _CONTEXT, "capabilities", "add"),
        ),
    ),
    Plant(
        "capabilities-not-dropped",
        drop(_CONTEXT),
        put(["ALL"], _CONTEXT, "capabilities", "drop"),
    ),
    Plant("runs-as-root", put(0, _CONTEXT, "runAsUser"), put(10001, _CONTEXT, "runAsUser")),
    Plant(
        "no-new-privileges-unset",
        one_of(drop(_CONTEXT), put(ON, _CONTEXT, "allowPrivilegeEscalation")),
        put(OFF, _CONTEXT, "allowPrivilegeEscalation"),
    ),
    Plant(
        "writable-root-filesystem",
        one_of(drop(_CONTEXT), put(OFF, _CONTEXT, "readOnlyRootFilesystem")),
        put(ON, _CONTEXT, "readOnlyRootFilesystem"),
    ),
    Plant(
        "default-service-account-token", _no_account, _in_pod(OFF, "automountServiceAccountToken")
    ),
    Plant(
        "literal-secret",
        one_of(
            _variable("BILLING_API_KEY", "kf83hs01hfk2"),
            _variable("STORE_URL", "postgres://shop:hunter22@elsewhere:5432/shop"),
            _variable("ADMIN_PASSWORD", "correct-horse"),
        ),
    ),
    Plant(
        "floating-image-tag",
        one_of(put("example/site:latest", "image"), put("example/site", "image")),
        put("example/site:1.4.2", "image"),
    ),
    Plant(
        "port-on-all-interfaces",
        _service(port=5432, kind="NodePort"),
        _service(port=5432),
    ),
    Plant("port-conflict", _same_port, _ONE_PORT),
    Plant("no-network-policy", _two_apart, _ruled),
    Plant("no-memory-limit", drop("resources"), put(_RESOURCES, "resources")),
    Plant("no-cpu-limit", drop("resources"), put(_RESOURCES, "resources")),
    Plant("requests-nothing", drop("resources"), put(_RESOURCES, "resources")),
    Plant(
        "implausible-quantity",
        one_of(
            put({"limits": {"memory": "4Ti"}}, "resources"),
            put({"limits": {"memory": "128 Mi"}}, "resources"),
            put({"limits": {"cpu": "100m"}, "requests": {"cpu": "1"}}, "resources"),
        ),
        put(_RESOURCES, "resources"),
    ),
    Plant(
        "no-health-check",
        drop(*_PROBES),
        both(*(put(probe, name) for name, probe in _ANSWERS.items())),
    ),
    Plant(
        "dangling-dependency",
        _object(
            lambda site: {
                "apiVersion": "v1",
                "kind": "Service",
                "spec": {"selector": {"app": "nobody-here"}, "ports": [{"port": 80}]},
            }
        ),
    ),
    Plant(
        "single-replica",
        both(_stateless, _service(), _in_workload(1, "spec", "replicas")),
        both(_stateless, _service(), _in_workload(3, "spec", "replicas")),
    ),
    Plant(
        "removed-api-version",
        _in_workload("extensions/v1beta1", "apiVersion"),
        _in_workload("apps/v1", "apiVersion"),
    ),
    Plant("ssh-server", add({"containerPort": 22}, "ports")),
    Plant("system-call-filter-off", put({"type": "Unconfined"}, _CONTEXT, "seccompProfile")),
    Plant("confinement-off", put({"type": "Unconfined"}, _CONTEXT, "appArmorProfile")),
    Plant("kernel-paths-unmasked", put("Unmasked", _CONTEXT, "procMount")),
    Plant("shared-mount-propagation", _host("/srv/planted", mountPropagation="Bidirectional")),
    Plant(
        "wildcard-rights",
        _role({"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "delete"]}),
    ),
    Plant(
        "role-reads-all-secrets",
        _role({"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}),
    ),
    Plant("administrator-bound", _binding("cluster-admin", _account("planted"))),
    Plant(
        "rights-for-all",
        one_of(
            _binding("view", _account("default")),
            _binding("view", {"kind": "Group", "name": "system:authenticated"}),
        ),
    ),
    Plant(
        "stops-too-soon",
        one_of(
            _in_pod(0, "terminationGracePeriodSeconds"), _in_pod(1, "terminationGracePeriodSeconds")
        ),
        _in_pod(30, "terminationGracePeriodSeconds"),
    ),
    Plant("unmanaged-pod", _object(_pod)),
    Plant(
        "health-check-always-passes",
        put({"exec": {"command": ["true"]}}, "livenessProbe"),
        put(_ASKED, "livenessProbe"),
    ),
    Plant(
        "debug-log-level",
        one_of(_variable("LOG_LEVEL", "debug"), _variable("APP_LOGLEVEL", "TRACE")),
    ),
    Plant("debug-mode", one_of(_variable("DEBUG", "1"), _variable("FLASK_ENV", "development"))),
    Plant(
        "authentication-off",
        one_of(
            _variable("ALLOW_ANONYMOUS_LOGIN", "yes"),
            _variable("POSTGRES_HOST_AUTH_METHOD", "trust"),
        ),
    ),
    Plant(
        "certificate-check-off",
        one_of(
            _variable("NODE_TLS_REJECT_UNAUTHORIZED", "0"), _variable("GIT_SSL_NO_VERIFY", "true")
        ),
    ),
    Plant(
        "store-without-volume",
        both(one_of(*(put(each, "image") for each in _STORES)), drop("volumeMounts")),
        put("example/site:1.4.2", "image"),
    ),
    Plant(
        "unlimited-tmpfs",
        both(_mounted({"emptyDir": {"medium": "Memory"}}), drop("resources")),
        _mounted({"emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}),
    ),
    Plant("unused-definition", _object(_claim)),
    Plant("host-path-needed", _host("/srv/planted")),
    Plant("single-writer-volume-shared", _claimed(2), _claimed(1)),
    Plant("removed-volume-type", _mounted({"gitRepo": {"repository": "https://git.example/x"}})),
    Plant("drain-blocked", _budget({"minAvailable": "100%"}), _budget({"minAvailable": 0})),
    Plant(
        "no-disruption-budget",
        both(_service(), _in_workload(3, "spec", "replicas")),
        both(_service(), _in_workload(3, "spec", "replicas"), _budget({"maxUnavailable": 1})),
    ),
    Plant(
        "update-stops-service",
        both(_stateless, _service(), _in_workload({"type": "Recreate"}, "spec", "strategy")),
        both(_service(), _in_workload({"type": "RollingUpdate"}, "spec", "strategy")),
    ),
    Plant(
        "blind-autoscaler",
        both(_object(_scaler), drop("resources")),
        both(_object(_scaler), put(_RESOURCES, "resources")),
    ),
    Plant("replicas-fight-autoscaler", both(_object(_scaler), _in_workload(3, "spec", "replicas"))),
    Plant(
        "selects-nothing",
        _budget({"maxUnavailable": 1}, nobody=True),
        _budget({"maxUnavailable": 1}),
    ),
    Plant(
        "ingress-without-tls",
        _object(_ingress),
        _object(
            lambda site: _ingress(site, tls=[{"secretName": "shop", "hosts": ["shop.example"]}])
        ),
    ),
    Plant("unknown-port-name", _service(target="planted-name"), _service()),
    Plant("host-port", _ONE_PORT),
    Plant("dead-image", put("minio/minio:RELEASE.2024-01-01T00-00-00Z", "image")),
    Plant("unsupported-image", one_of(*(put(each, "image") for each in _OLD))),
    Plant(
        "image-without-digest",
        to_all(put(_DIGEST, "image"), but=put("example/site:1.4.2", "image")),
        to_all(put(_DIGEST, "image")),
        alone=True,
    ),
    Plant(
        "unheeded-marker",
        _in_workload(
            "docker/default",
            *("spec", "template", "metadata", "annotations"),
            "seccomp.security.alpha.kubernetes.io/pod",
        ),
    ),
    Plant("no-liveness-probe", drop("livenessProbe"), put(_ASKED, "livenessProbe")),
    Plant(
        "system-call-filter-unset",
        both(drop(_CONTEXT), _in_pod({"runAsNonRoot": ON}, _CONTEXT)),
        _in_pod(_FILTER, _CONTEXT, "seccompProfile"),
    ),
    Plant(
        "low-user-id",
        to_all(put(20002, _CONTEXT, "runAsUser"), but=put(1002, _CONTEXT, "runAsUser")),
        to_all(put(20002, _CONTEXT, "runAsUser")),
        alone=True,
    ),
    Plant("stale-image-kept", one_of(_moves("IfNotPresent"), _moves("Never")), _moves("Always")),
    Plant(
        "copies-not-spread",
        _in_workload(3, "spec", "replicas"),
        both(_in_workload(3, "spec", "replicas"), _in_pod(_APART, "topologySpreadConstraints")),
    ),
    Plant(
        "role-raises-itself",
        one_of(
            _role({"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}),
            _role({"apiGroups": [_GROUP], "resources": ["clusterroles"], "verbs": ["escalate"]}),
            _role({"apiGroups": [""], "resources": ["groups"], "verbs": ["impersonate"]}),
        ),
        _role({"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}),
    ),
    Plant(
        "proxy-snippet",
        one_of(
            _commanded(**{"nginx.ingress.kubernetes.io/server-snippet": "return 200;"}),
            _commanded(**{"nginx.org/location-snippets": "return 200;"}),
        ),
        _commanded(**{"nginx.ingress.kubernetes.io/ssl-redirect": "true"}),
    ),
    Plant("selector-without-pods", _misses, _meets),
    Plant("repeated-variable", _told_twice(("PLANTED", "PLANTED")), _told_twice(("ONE", "TWO"))),
    Plant(
        "default-namespace",
        _in_workload("default", "metadata", "namespace"),
        _in_workload(_NAMED, "metadata", "namespace"),
        alone=True,
    ),
    Plant("no-namespace", _nowhere, _in_workload(_NAMED, "metadata", "namespace"), alone=True),
    Plant("single-architecture", _in_pod("amd64", "nodeSelector", "kubernetes.io/arch")),
    Plant(
        "secret-in-manifest",
        _object(
            lambda site: {
                "apiVersion": "v1",
                "kind": "Secret",
                "stringData": {"password": f"correct-horse-{site.number}"},
            }
        ),
    ),
)
