"""The shape that Kubernetes wants of what is read: whatever has another one is named.

A list where a mapping belongs reads as nothing, and nothing has no defect: without a word
the file would pass for clean. Only fields that the readers look at are here. What was meant
by a quoted number or truth, or by a number where a text belongs, is read nevertheless: the
findings about it stand beside the word that Kubernetes refuses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias, Union

from tasks.domain.platform.kubernetes.fields import Field
from tasks.domain.platform.kubernetes.kinds import is_known
from tasks.domain.platform.kubernetes.objects import WORKLOADS, pod_of
from tasks.domain.platform.model import NotAssessed
from tasks.domain.platform.nodes import Mapping as MappingNode
from tasks.domain.platform.nodes import Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.platform.documents import Document
    from tasks.domain.platform.kubernetes.objects import Manifest
    from tasks.domain.platform.nodes import Place

_EACH = "*"  # stands for every name of a mapping
# A mapping of such fields (others are free), a list of such items, or the name of a scalar.
Shape: TypeAlias = Union[str, "Mapping[str, Shape]", "tuple[Shape]"]

_TEXT, _WHOLE, _TRUTH = "a text", "a whole number", "true or false"
_COUNT = "a whole number, 0 or more"
_NAME = "there, or generateName"
_ANY: dict[str, Shape] = {}
_TEXTS = {_EACH: _TEXT}
_METADATA: dict[str, Shape] = {
    **dict.fromkeys(("name", "generateName", "namespace"), _TEXT),
    **dict.fromkeys(("labels", "annotations"), _TEXTS),
}
_RIGHTS: dict[str, Shape] = {
    **dict.fromkeys(("privileged", "allowPrivilegeEscalation"), _TRUTH),
    **dict.fromkeys(("readOnlyRootFilesystem", "runAsNonRoot"), _TRUTH),
    **dict.fromkeys(("runAsUser", "runAsGroup"), _COUNT),
    "capabilities": {"add": (_TEXT,), "drop": (_TEXT,)},
    **{name: {"type": _TEXT} for name in ("seccompProfile", "appArmorProfile")},
}
_PROBE: dict[str, Shape] = {
    **dict.fromkeys(("initialDelaySeconds", "periodSeconds", "timeoutSeconds"), _COUNT),
    **dict.fromkeys(("failureThreshold", "successThreshold"), _COUNT),
    "exec": {"command": (_TEXT,)},
    **dict.fromkeys(("httpGet", "tcpSocket", "grpc"), _ANY),
}
_CONTAINER: dict[str, Shape] = {
    **dict.fromkeys(("name", "image", "imagePullPolicy"), _TEXT),
    **dict.fromkeys(("command", "args"), (_TEXT,)),
    "env": ({"name": _TEXT, "value": _TEXT, "valueFrom": _ANY},),
    "envFrom": ({"prefix": _TEXT, "configMapRef": _ANY, "secretRef": _ANY},),
    "ports": ({"name": _TEXT, "containerPort": _WHOLE, "hostPort": _WHOLE},),
    "resources": {"limits": _ANY, "requests": _ANY},
    "securityContext": _RIGHTS,
    "volumeMounts": ({"name": _TEXT, "mountPath": _TEXT, "readOnly": _TRUTH},),
    **dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), _PROBE),
    "lifecycle": _ANY,
}
_POD: dict[str, Shape] = {
    **dict.fromkeys(("containers", "initContainers"), (_CONTAINER,)),
    "volumes": ({"name": _TEXT},),
    "securityContext": _RIGHTS,
    **dict.fromkeys(("hostNetwork", "hostPID", "hostIPC", "hostUsers"), _TRUTH),
    "automountServiceAccountToken": _TRUTH,
    "terminationGracePeriodSeconds": _COUNT,
    **dict.fromkeys(("serviceAccountName", "serviceAccount", "restartPolicy"), _TEXT),
    **dict.fromkeys(("nodeSelector", "affinity"), _ANY),
    **dict.fromkeys(("topologySpreadConstraints", "tolerations"), (_ANY,)),
}
_WORKLOAD: dict[str, Shape] = {
    "replicas": _COUNT,
    **dict.fromkeys(("selector", "strategy", "template", "jobTemplate"), _ANY),
}
_PORTS: tuple[Shape] = ({"name": _TEXT, "port": _WHOLE, "nodePort": _WHOLE},)
_BODIES: dict[str, dict[str, Shape]] = {
    "Service": {"spec": {"selector": _TEXTS, "ports": _PORTS}},
    "ConfigMap": {"data": _TEXTS, "binaryData": _TEXTS},
    "Secret": {"data": _TEXTS, "stringData": _TEXTS},
}
HEADLESS = "does not say of which kind and API version it is"
_NAMED = 20  # fields of one object
_REMEDY = "Correct the file: Kubernetes refuses it as it is."


class Headless(NamedTuple):
    """What no cluster could take, because it does not say what it is."""

    what: str
    place: Place


def misshapen(manifest: Manifest) -> Iterator[NotAssessed]:
    """Name each field of an object that has another shape than Kubernetes takes."""
    found = list(_wrong_in(manifest))
    for field, wanted in found[:_NAMED]:
        path = field.path.rpartition(":")[2]
        yield _refused(manifest, field, f"{path} must be {wanted}")
    if more := found[_NAMED:]:
        yield _refused(manifest, more[0][0], f"{len(more)} more of its fields have a wrong shape")


def _refused(manifest: Manifest, field: Field, reason: str) -> NotAssessed:
    where = f"{manifest.label} at {field.place.file}:{field.place.line}"
    return NotAssessed(where, reason, _REMEDY, input=True)


def headless(document: Document) -> Iterator[Headless]:
    """Find what would be an object of Kubernetes, if it said of which kind and version.

    A kind without a version can be another program's, so such a one has to look the part.
    """
    if not isinstance(document.root, MappingNode):
        return
    root = Field(document.root, document.root.place, "")
    kind, version = root.get("kind"), root.get("apiVersion").text()
    if version and kind and not kind.text():
        yield Headless("an object", kind.place)
    elif version and kind.text() == "List":
        for number, item in enumerate(root.get("items").items()):
            if not (item.get("kind").text() and item.get("apiVersion").text()):
                yield Headless(f"items[{number}] of a list", item.place)
    elif kind.text() in WORKLOADS and not version and _looks_the_part(root):
        yield Headless(f"{kind.text()}/{root.get('metadata', 'name').text()}", kind.place)


def named(found: Headless) -> NotAssessed:
    """Name one of those among objects that were read."""
    where = f"{found.what} at {found.place.file}:{found.place.line}"
    return NotAssessed(where, HEADLESS, _REMEDY, input=True)


def _looks_the_part(root: Field) -> bool:
    return all(isinstance(root.get(name).node, MappingNode) for name in ("metadata", "spec"))


def _wrong_in(manifest: Manifest) -> Iterator[tuple[Field, str]]:
    root, metadata = manifest.field, manifest.field.get("metadata")
    yield from _wrong(metadata, _METADATA)
    if not manifest.built_in:
        return
    if _lacks_name(manifest, metadata):
        yield metadata.get("name"), _NAME
    if manifest.is_workload:
        if manifest.kind != "Pod":
            yield from _wrong(root.get("spec"), _WORKLOAD)
        yield from _wrong(pod_of(manifest), _POD)
    elif manifest.is_core(manifest.kind):
        yield from _wrong(root, _BODIES.get(manifest.kind, _ANY))


def _lacks_name(manifest: Manifest, metadata: Field) -> bool:
    """What no cluster knows is named as such, and a shape of its own has no names to look for."""
    if not is_known(manifest.api_version, manifest.kind):
        return False
    names = (metadata.get(name) for name in ("name", "generateName"))
    return isinstance(metadata.node, MappingNode | None) and all(_is_empty(each) for each in names)


def _wrong(field: Field, shape: Shape) -> Iterator[tuple[Field, str]]:
    """Give each field that breaks ``shape``, and what it must be; an empty one breaks none."""
    if _is_empty(field):
        return
    if isinstance(shape, str):
        if not _reads_as(field, shape):
            yield field, shape
    elif isinstance(shape, tuple):
        yield from _wrong_items(field, shape[0])
    else:
        yield from _wrong_members(field, shape)


def _wrong_members(field: Field, shape: Mapping[str, Shape]) -> Iterator[tuple[Field, str]]:
    if not isinstance(field.node, MappingNode):
        yield field, "a mapping"
    elif shape:  # else nothing inside matters, and there may be a million of it
        for name, each in field.each_entry():
            if inner := shape.get(name, shape.get(_EACH)):
                yield from _wrong(each, inner)


def _wrong_items(field: Field, shape: Shape) -> Iterator[tuple[Field, str]]:
    """Look into a list; no item of it may be left empty where a mapping belongs."""
    if not isinstance(field.node, Sequence):
        yield field, "a list"
    for each in field.items():
        if isinstance(shape, dict) and not isinstance(each.node, MappingNode):
            yield each, "a mapping"
        else:
            yield from _wrong(each, shape)


def _is_empty(field: Field) -> bool:
    return not field or (isinstance(field.node, Scalar) and field.value() is None)


def _reads_as(field: Field, kind: str) -> bool:
    """Tell whether the API server takes the scalar: it converts nothing."""
    found = field.value()
    if kind == _TEXT:
        return isinstance(found, str)
    if kind == _TRUTH:
        return isinstance(found, bool)
    if isinstance(found, bool) or not isinstance(found, int):
        return False
    return kind == _WHOLE or found >= 0
