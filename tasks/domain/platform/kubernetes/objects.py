"""Objects of Kubernetes files: found in documents, `List` and typed lists expanded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tasks.domain.platform.kubernetes.fields import Field
from tasks.domain.platform.nodes import Mapping, Sequence, target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.documents import Document

WORKLOADS = (
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "Pod",
)
# API groups that every cluster serves, or once served: "" is core.
BUILT_IN = frozenset(
    [
        "apps",
        "batch",
        "networking.k8s.io",
        "rbac.authorization.k8s.io",
        "policy",
        "autoscaling",
        "apiextensions.k8s.io",
        "storage.k8s.io",
        "extensions",
        "admissionregistration.k8s.io",
        "apiregistration.k8s.io",
        "scheduling.k8s.io",
    ]
) | {""}
KUSTOMIZE_GROUP = "kustomize.config.k8s.io"
_POD_AT = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object as written; ``field`` is its root."""

    api_version: str
    kind: str
    name: str
    namespace: str
    field: Field

    def called(self, name: str) -> Manifest:
        """Give the same object under another name."""
        field = Field(self.field.node, self.field.place, f"{self.kind}/{name}:")
        return replace(self, name=name, field=field)

    @property
    def group(self) -> str:
        """Its API group; empty for core."""
        group, slash, _ = self.api_version.partition("/")
        return group if slash else ""

    @property
    def built_in(self) -> bool:
        """Whether Kubernetes itself defines this kind's group."""
        return self.group in BUILT_IN

    @property
    def counted_kind(self) -> str:
        """Its kind, with the group when that is not one of Kubernetes itself."""
        return self.kind if self.built_in else f"{self.kind}.{self.group}"

    def is_core(self, kind: str) -> bool:
        """Tell a core/v1 object from a custom one of the same kind."""
        return self.kind == kind and self.group == ""

    @property
    def is_workload(self) -> bool:
        """Whether it runs containers."""
        return self.built_in and self.kind in WORKLOADS

    @property
    def label(self) -> str:
        """How people name it: ``Deployment/web``."""
        return f"{self.kind}/{self.name}"


def manifests(document: Document) -> Iterator[Manifest]:
    """Give the objects of one document; items of a typed list take their kind from it."""
    if isinstance(document.root, Mapping):
        yield from _expand(document.root, "", "")


def _expand(node: Mapping, api_version: str, kind: str) -> Iterator[Manifest]:
    plain = Field(node, node.place, "")
    api_version = plain.get("apiVersion").text() or api_version
    kind = plain.get("kind").text() or kind
    if not api_version or not kind:
        return
    items = plain.get("items").node
    if kind.endswith("List") and isinstance(items, Sequence):
        inner = kind.removesuffix("List")
        for item in items.items:
            resolved = target(item)
            if isinstance(resolved, Mapping):
                yield from _expand(resolved, api_version if inner else "", inner)
        return
    yield _manifest(node, api_version, kind)


def _manifest(node: Mapping, api_version: str, kind: str) -> Manifest:
    metadata = Field(node, node.place, "").get("metadata")
    name = metadata.get("name").text() or metadata.get("generateName").text()
    field = Field(node, node.place, f"{kind}/{name}:")
    return Manifest(api_version, kind, name, metadata.get("namespace").text(), field)


def pod_of(manifest: Manifest) -> Field:
    """Give the pod's spec of a workload."""
    return manifest.field.get(*_POD_AT.get(manifest.kind, ("spec", "template", "spec")))
