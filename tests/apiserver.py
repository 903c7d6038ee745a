"""A small server that answers like the API of Kubernetes: what was applied, and what a server adds.

Defaults are those of the API's documentation, written down here on their own, so that a
wrong one in the product cannot hide. Lists come in pages, as the real server gives them.
"""

from __future__ import annotations

import copy
import http.server
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Facts = dict[str, Any]
TOKEN = "kubectl-token-CANARY"  # noqa: S105  # looked for in every answer
SECRET = "cluster-secret-CANARY"  # noqa: S105  # as above
_PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}


def _defaulted(target: Facts, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        target.setdefault(name, copy.deepcopy(value))


def _pod(spec: Facts) -> None:
    _defaulted(
        spec,
        {
            "restartPolicy": "Always",
            "dnsPolicy": "ClusterFirst",
            "schedulerName": "default-scheduler",
            "terminationGracePeriodSeconds": 30,
            "securityContext": {},
        },
    )
    if "serviceAccountName" in spec:
        spec["serviceAccount"] = spec["serviceAccountName"]
    for container in (*spec.get("containers", []), *spec.get("initContainers", [])):
        _container(container)
    for volume in spec.get("volumes", []):
        for kind in ("configMap", "secret", "projected"):
            if kind in volume:
                volume[kind].setdefault("defaultMode", 420)


def _container(container: Facts) -> None:
    tag = container["image"].rpartition("/")[2].partition(":")[2]
    _defaulted(
        container,
        {
            "imagePullPolicy": "Always" if tag in ("", "latest") else "IfNotPresent",
            "resources": {},
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File",
        },
    )
    for port in container.get("ports", []):
        port.setdefault("protocol", "TCP")
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe := container.get(name):
            _defaulted(probe, _PROBE)
            if "httpGet" in probe:
                probe["httpGet"].setdefault("scheme", "HTTP")


def _deployment(spec: Facts) -> None:
    rolling = {"maxUnavailable": "25%", "maxSurge": "25%"}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    _defaulted(
        spec, {"revisionHistoryLimit": 10, "progressDeadlineSeconds": 600, "strategy": strategy}
    )
    _pod(spec["template"]["spec"])
    spec["template"].setdefault("metadata", {})["creationTimestamp"] = None


def _stateful(spec: Facts) -> None:
    update = {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}
    _defaulted(
        spec,
        {
            "podManagementPolicy": "OrderedReady",
            "revisionHistoryLimit": 10,
            "updateStrategy": update,
        },
    )
    _pod(spec["template"]["spec"])
    for claim in spec.get("volumeClaimTemplates", []):
        claim |= {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "status": {"phase": "Pending"},
        }
        claim["spec"].setdefault("volumeMode", "Filesystem")


def _service(spec: Facts) -> None:
    address = spec.get("clusterIP", "10.96.0.7")
    _defaulted(
        spec,
        {
            "clusterIP": address,
            "clusterIPs": [address],
            "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "sessionAffinity": "None",
            "type": "ClusterIP",
        },
    )
    for port in spec["ports"]:
        _defaulted(port, {"protocol": "TCP", "targetPort": port["port"]})


_KINDS = {"Deployment": _deployment, "StatefulSet": _stateful, "Service": _service, "Pod": _pod}


def served(manifest: Facts, namespace: str, number: int) -> Facts:
    """Give an object as the server stores it after it was applied."""
    applied = json.dumps(manifest)
    item = copy.deepcopy(manifest)
    meta = item["metadata"]
    meta.setdefault("annotations", {})["kubectl.kubernetes.io/last-applied-configuration"] = applied
    meta |= {
        "namespace": namespace,
        "uid": f"00000000-0000-0000-0000-{number:012}",
        "resourceVersion": str(1000 + number),
        "generation": 1,
        "creationTimestamp": "2026-11-27T10:00:00Z",
        "managedFields": [{"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:x": {}}}],
    }
    if item["kind"] in _KINDS:
        _KINDS[item["kind"]](item["spec"])
    item["status"] = {"observedGeneration": 1}
    return item


def _made(items: list[Facts], namespace: str) -> Iterator[Facts]:
    """Give what controllers make of it: their own objects, and those of each namespace."""
    for item in items:
        if item["kind"] == "Deployment":
            owner = {"kind": "Deployment", "name": item["metadata"]["name"], "controller": True}
            for kind, version in (("ReplicaSet", "apps/v1"), ("Pod", "v1")):
                spec = copy.deepcopy(item["spec"]["template"]["spec"])
                whole = (
                    {"template": {"metadata": {}, "spec": spec}} if kind == "ReplicaSet" else spec
                )
                yield {
                    "apiVersion": version,
                    "kind": kind,
                    "metadata": {
                        "name": f"{owner['name']}-7d9c",
                        "namespace": namespace,
                        "ownerReferences": [owner],
                    },
                    "spec": whole,
                }
    ca = {"name": "kube-root-ca.crt", "namespace": namespace}
    yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": ca, "data": {"ca.crt": "PEM"}}
    account = {"name": "default", "namespace": namespace, "uid": "1"}
    yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}


def applied(folder: Path, namespace: str) -> list[Facts]:
    """Apply the manifests of a folder."""
    manifests = [
        document
        for file in sorted(folder.glob("*.yaml"))
        for document in yaml.safe_load_all(file.read_text())
        if document and document["kind"] not in ("Kustomization", "Namespace", "Secret")
    ]
    items = [served(each, namespace, number) for number, each in enumerate(manifests)]
    return [*items, *_made(items, namespace)]


def _plural(kind: str) -> str:
    name = kind.lower()
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith("s") else f"{name}s"


class _Api(http.server.BaseHTTPRequestHandler):
    items: list[Facts]
    asked: list[tuple[str, str]]
    forbidden: frozenset[str]
    expire: list[str]
    most: int

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        plural = url.path.rpartition("/")[2]
        self.asked.append((self.command, self.path))
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(401, {"kind": "Status", "code": 401})
        elif plural in self.forbidden:
            self._answer(403, {"kind": "Status", "code": 403})
        else:
            self._page(plural, {k: v[0] for k, v in parse_qs(url.query).items()})

    def _page(self, plural: str, query: Mapping[str, str]) -> None:
        found = [each for each in self.items if _plural(each["kind"]) == plural]
        if plural == "secrets":
            found = [{"kind": "Secret", "metadata": {"name": "s"}, "data": {"a": SECRET}}]
        start = int(query.get("continue", "0"))
        if start and plural in self.expire:
            self.expire.remove(plural)
            self._answer(410, {"kind": "Status", "code": 410, "reason": "Expired"})
            return
        end = start + min(int(query.get("limit", "500")), self.most)
        # Items of a list carry neither apiVersion nor kind.
        items = [{k: v for k, v in i.items() if k not in ("apiVersion", "kind")} for i in found]
        more = (
            {"continue": str(end), "remainingItemCount": len(found) - end}
            if end < len(found)
            else {}
        )
        self._answer(
            200,
            {
                "kind": "List",
                "metadata": {"resourceVersion": "9"} | more,
                "items": items[start:end],
            },
        )

    def _answer(self, status: int, document: Facts) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815  # names of the library

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@contextmanager
def cluster(
    folder: Path,
    items: list[Facts],
    *,
    forbidden: frozenset[str] = frozenset(),
    expire: tuple[str, ...] = (),
) -> Iterator[tuple[Path, list[tuple[str, str]]]]:
    """Serve ``items``; give the settings of kubectl that lead there, and what was asked."""

    class Api(_Api):
        """This cluster."""

    Api.items, Api.asked, Api.forbidden, Api.expire, Api.most = (
        items,
        [],
        forbidden,
        list(expire),
        2,
    )
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        settings = folder / "kubeconfig"
        lab = {"cluster": "lab", "user": "me", "namespace": "shop"}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "lab",
            "clusters": [{"name": "lab", "cluster": {"server": url}}],
            "users": [{"name": "me", "user": {"token": TOKEN}}],
            "contexts": [{"name": "lab", "context": lab}],
        }
        settings.write_text(yaml.safe_dump(content))
        yield settings, Api.asked
        server.shutdown()
