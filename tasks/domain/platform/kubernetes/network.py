"""Services and Ingresses: the names under which workloads are reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.platform.containers import Port, Sited
from tasks.domain.platform.kubernetes.objects import pod_of
from tasks.domain.platform.model import Edge, Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tasks.domain.platform.kubernetes.fields import Field
    from tasks.domain.platform.kubernetes.objects import Manifest

_PUBLISHED_LATE = -1


# Labels that name what a pod is, by custom and by recommendation of Kubernetes.
_NAMING = frozenset({"app", "component", "k8s-app", "name", "role", "service", "tier"})
_RECOMMENDED = "app.kubernetes.io/"


@dataclass(frozen=True, slots=True)
class Network:
    """Endpoints, and what they lead to."""

    endpoints: tuple[Endpoint, ...]
    edges: tuple[Edge, ...]
    names: Mapping[tuple[str, str], tuple[str, ...]]  # of the Services before a workload
    groups: Mapping[str, tuple[str, ...]]  # workloads that share a Service, by its first one
    selecting: frozenset[str] = frozenset()  # names of labels by which something is selected

    def hosts(self, namespace: str) -> dict[str, str]:
        """Map each name that a pod of ``namespace`` can call to the first workload behind it."""
        found: dict[str, str] = {}
        for each in self.endpoints:
            if each.kind != "Service" or not each.targets:
                continue
            found.setdefault(f"{each.name}.{each.namespace or 'default'}", each.targets[0])
            if each.namespace == namespace:
                found[each.name] = each.targets[0]
        return found

    def behind(self, first: str) -> tuple[str, ...]:
        """Give all workloads that share an endpoint with its first one."""
        return self.groups.get(first, (first,))

    def labels(self, manifest: Manifest) -> dict[str, str]:
        """Give the labels by which a workload's pods are selected; others may hold anything."""
        return {
            name: value
            for name, value in pod_labels(manifest).items()
            if name in self.selecting or name in _NAMING or name.startswith(_RECOMMENDED)
        }

    def hostnames(self, manifest: Manifest) -> tuple[str, ...]:
        """Give the Services that lead to a workload."""
        return self.names.get((manifest.namespace, manifest.name), ())


def read_network(kept: Sequence[Manifest]) -> Network:
    """Read the endpoints of a set of objects, and the edges from Ingresses."""
    pods = _Pods(kept)
    services = [_service(m, pods) for m in kept if m.is_core("Service")]
    by_name = {(each.namespace, each.name): each for each in reversed(services)}
    ingresses, edges = [], []
    for each in kept:
        if each.kind == "Ingress" and each.built_in:
            backends = list(_backends(each.field.get("spec")))
            reached = [_reached(b, each.namespace, by_name) for b in backends]
            targets = dict.fromkeys(t for found in reached for t in found)
            ingresses.append(_ingress(each, tuple(targets)))
            for backend, found in zip(backends, reached, strict=True):
                edges += [
                    Edge(each.name, target, "ingress", backend.place)
                    for target in found or (backend.text(),)
                ]
    return Network(
        (*services, *ingresses),
        tuple(edges),
        _names_before(services),
        _groups(services),
        frozenset(name for each in kept for name in _selecting(each)),
    )


def _selecting(manifest: Manifest) -> Iterator[str]:
    spec = manifest.field.get("spec")
    for way in (("selector",), ("selector", "matchLabels"), ("podSelector", "matchLabels")):
        yield from (name for name, value in spec.get(*way).entries() if value.text())


def _names_before(services: Sequence[Endpoint]) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {}
    for each in services:
        for target in each.targets:
            found.setdefault((each.namespace, target), []).append(each.name)
    return {workload: tuple(names) for workload, names in found.items()}


def _groups(services: Sequence[Endpoint]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for each in services:
        if each.targets:
            found.setdefault(each.targets[0], {}).update(dict.fromkeys(each.targets))
    return {first: tuple(members) for first, members in found.items()}


class _Pods:
    """Workloads by the labels of their pods: ten thousand Services each look for theirs."""

    def __init__(self, kept: Sequence[Manifest]) -> None:
        self._labelled: dict[tuple[str, str, str], list[tuple[Manifest, dict[str, str]]]] = {}
        for each in kept:
            if each.is_workload:
                labels = pod_labels(each)
                for name, value in labels.items():
                    key = (each.namespace, name, value)
                    self._labelled.setdefault(key, []).append((each, labels))

    def selected(self, selector: Mapping[str, str], namespace: str) -> list[Manifest]:
        """Give the workloads that a selector means, in their order; an empty one means none."""
        few = [self._labelled.get((namespace, *pair), []) for pair in selector.items()]
        nearest = min(few, key=len, default=[])
        return [workload for workload, labels in nearest if _selects(selector, labels)]


def pod_labels(manifest: Manifest) -> dict[str, str]:
    """Give the labels of a workload's pods."""
    return _template(manifest).get("labels").texts()


def pod_annotations(manifest: Manifest) -> dict[str, str]:
    """Give the annotations of a workload's pods."""
    return _template(manifest).get("annotations").texts()


def _template(manifest: Manifest) -> Field:
    way = {
        "Pod": ("metadata",),
        "CronJob": ("spec", "jobTemplate", "spec", "template", "metadata"),
    }.get(manifest.kind, ("spec", "template", "metadata"))
    return manifest.field.get(*way)


def _service(manifest: Manifest, pods: _Pods) -> Endpoint:
    spec = manifest.field.get("spec")
    selector = spec.get("selector").texts()
    reached = pods.selected(selector, manifest.namespace)
    kind = spec.get("type").text() or "ClusterIP"
    name = manifest.field.get("metadata", "name")
    return Endpoint(
        name=manifest.name,
        kind="Service",
        place=name.place,
        path=manifest.label,
        namespace=manifest.namespace,
        type=kind,
        ports=tuple(_port(each, kind, reached) for each in spec.get("ports").items()),
        unmet=tuple(_unmet(spec, reached)),
        selector=selector,
        targets=tuple(dict.fromkeys(m.name for m in reached)),
    )


def _selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    return all(labels.get(name) == value for name, value in selector.items())


def _port(field: Field, kind: str, reached: Sequence[Manifest]) -> Port:
    """Read a Service's port; a named target port is looked up in the pods behind it."""
    number = field.get("port").integer() or 0
    target = field.get("targetPort")
    host = field.get("nodePort").integer()
    if kind == "LoadBalancer":
        host = number
    elif kind == "NodePort" and host is None:
        host = _PUBLISHED_LATE
    return Port(
        container=target.integer() or _named(target.text(), reached) or number,
        place=field.get("port").place,
        path=field.path,
        host=host,
        protocol=field.get("protocol").text().lower() or "tcp",
        name=field.get("name").text(),
    )


def _unmet(spec: Field, reached: Sequence[Manifest]) -> Iterator[Sited[str]]:
    """Give the target ports, written as names, that no pod behind the Service has."""
    for port in spec.get("ports").items() if reached else ():
        name = port.get("targetPort")
        if name.integer() is None and name.text() and _named(name.text(), reached) is None:
            yield Sited(name.text(), name.place, name.path)


def _named(name: str, reached: Sequence[Manifest]) -> int | None:
    for workload in reached if name else ():
        for container in pod_of(workload).get("containers").items():
            for port in container.get("ports").items():
                if port.get("name").text() == name:
                    return port.get("containerPort").integer()
    return None


def _ingress(manifest: Manifest, targets: tuple[str, ...]) -> Endpoint:
    name = manifest.field.get("metadata", "name")
    return Endpoint(
        name=manifest.name,
        kind="Ingress",
        place=name.place,
        path=manifest.label,
        namespace=manifest.namespace,
        targets=targets,
        tls=_has_certificates(manifest.field),
    )


def _has_certificates(field: Field) -> bool:
    """Tell by ``tls``, or by an annotation that tells the controller of certificates."""
    names = [name for name, _ in field.get("metadata", "annotations").entries()]
    told = any(word in name for name in names for word in ("cert", "tls", "ssl"))
    return told or bool(field.get("spec", "tls").items())


def _backends(spec: Field) -> Iterator[Field]:
    """Give the names of the Services that an Ingress sends to, in both of its API versions."""
    paths = (p for rule in spec.get("rules").items() for p in rule.get("http", "paths").items())
    holders = [spec.get("defaultBackend"), spec.get("backend"), *(p.get("backend") for p in paths)]
    for holder in holders:
        for name in (holder.get("service", "name"), holder.get("serviceName")):
            if name:
                yield name


def _reached(
    backend: Field, namespace: str, services: Mapping[tuple[str, str], Endpoint]
) -> tuple[str, ...]:
    found = services.get((namespace, backend.text()))
    return found.targets if found else ()
