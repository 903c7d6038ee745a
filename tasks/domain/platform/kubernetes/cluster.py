"""Objects beside workloads and endpoints: budgets, policies, rights, secrets, claims."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tasks.domain.platform.cluster import (
    Autoscaler,
    Claim,
    Cluster,
    Grant,
    Marker,
    Named,
    Role,
    Rule,
    SecretObject,
    Selecting,
)
from tasks.domain.platform.containers import Variable
from tasks.domain.platform.features import features_of
from tasks.domain.platform.kubernetes.network import pod_labels
from tasks.domain.platform.kubernetes.objects import pod_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tasks.domain.platform.kubernetes.fields import Field
    from tasks.domain.platform.kubernetes.objects import Manifest

_RBAC = "rbac.authorization.k8s.io"
_PROVIDED = {
    "memory_limit": ("default", "memory"),
    "cpu_limit": ("default", "cpu"),
    "memory_request": ("defaultRequest", "memory"),
    "cpu_request": ("defaultRequest", "cpu"),
}


def read_cluster(kept: Sequence[Manifest]) -> Cluster:
    """Read them from all objects of a platform."""
    pods = _Pods(m for m in kept if m.is_workload)
    return Cluster(
        budgets=tuple(_selecting(m, "selector", pods) for m in _of(kept, "PodDisruptionBudget")),
        policies=tuple(_selecting(m, "podSelector", pods) for m in _of(kept, "NetworkPolicy")),
        autoscalers=tuple(_autoscaler(m) for m in _of(kept, "HorizontalPodAutoscaler")),
        roles=tuple(_role(m) for m in kept if m.group == _RBAC and m.kind.endswith("Role")),
        grants=tuple(
            grant
            for m in kept
            if m.group == _RBAC and m.kind.endswith("Binding")
            for grant in _grants(m)
        ),
        secrets=tuple(_secret(m) for m in kept if m.is_core("Secret")),
        claims=tuple(_claims(kept)),
        markers=tuple(marker for m in kept for marker in _markers(m)),
        provided=tuple(
            (m.namespace, frozenset(_provided(m))) for m in kept if m.is_core("LimitRange")
        ),
    )


def _of(kept: Sequence[Manifest], kind: str) -> Iterator[Manifest]:
    return (m for m in kept if m.kind == kind and m.built_in and m.group)


def named(manifest: Manifest) -> Named:
    """Name an object for a finding."""
    name = manifest.field.get("metadata", "name")
    return Named(manifest.name, manifest.kind, manifest.namespace, name.place, manifest.label)


class _Pods:
    """Workloads by the labels of their pods: each is read once, however many select it."""

    def __init__(self, kept: Iterable[Manifest]) -> None:
        self._here: dict[str, list[tuple[str, dict[str, str]]]] = defaultdict(list)
        self._with: dict[tuple[str, str, str], list[tuple[str, dict[str, str]]]] = defaultdict(list)
        for manifest in kept:
            pod = manifest.name, pod_labels(manifest)
            self._here[manifest.namespace].append(pod)
            for name, value in pod[1].items():
                self._with[manifest.namespace, name, value].append(pod)

    def chosen(
        self, namespace: str, wanted: dict[str, str], more: Sequence[Field]
    ) -> tuple[str, ...]:
        """Name those that a selector of this namespace means."""
        near = [self._with.get((namespace, *label), []) for label in wanted.items()]
        few = min(near, key=len, default=self._here.get(namespace, []))
        return tuple(dict.fromkeys(name for name, had in few if _matches(had, wanted, more)))


def _selecting(manifest: Manifest, key: str, pods: _Pods) -> Selecting:
    spec = manifest.field.get("spec")
    selector = spec.get(key)
    wanted = {name: value.text() for name, value in selector.get("matchLabels").entries()}
    more = selector.get("matchExpressions").items()
    return Selecting(
        of=named(manifest),
        everybody=not wanted and not more,
        targets=pods.chosen(manifest.namespace, wanted, more),
        allows_all=_allows_all(spec),
        min_available=spec.get("minAvailable").sited_text(),
        max_unavailable=spec.get("maxUnavailable").sited_text(),
    )


def _matches(labels: dict[str, str], wanted: dict[str, str], more: Sequence[Field]) -> bool:
    if any(labels.get(name) != value for name, value in wanted.items()):
        return False
    return all(_expression(labels, each) for each in more)


def _expression(labels: dict[str, str], expression: Field) -> bool:
    value = labels.get(expression.get("key").text())
    values = {each.text() for each in expression.get("values").items()}
    operator = expression.get("operator").text()
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    return (value is not None) is (operator == "Exists")


def _allows_all(spec: Field) -> bool:
    """Tell whether a policy has a rule for ingress without any condition."""
    return any(not rule.entries() for rule in spec.get("ingress").items())


def _autoscaler(manifest: Manifest) -> Autoscaler:
    spec = manifest.field.get("spec")
    target = spec.get("scaleTargetRef")
    utilised = [
        metric.get("resource", "name").text()
        for metric in spec.get("metrics").items()
        if metric.get("resource", "target", "averageUtilization")
        or metric.get("resource", "targetAverageUtilization")
    ]
    if spec.get("targetCPUUtilizationPercentage"):
        utilised.append("cpu")
    return Autoscaler(
        named(manifest), target.get("kind").text(), target.get("name").text(), tuple(utilised)
    )


def _role(manifest: Manifest) -> Role:
    return Role(named(manifest), tuple(_rule(r) for r in manifest.field.get("rules").items()))


def _rule(field: Field) -> Rule:
    def words(name: str) -> frozenset[str]:
        return frozenset(each.text() for each in field.get(name).items())

    return Rule(
        words("verbs"),
        words("resources"),
        words("apiGroups"),
        bool(field.get("resourceNames").items()),
        field.place,
        field.path,
    )


def _grants(manifest: Manifest) -> Iterator[Grant]:
    role = manifest.field.get("roleRef")
    for each in manifest.field.get("subjects").items():
        yield Grant(
            named(manifest),
            role.get("kind").text(),
            role.get("name").text(),
            each.get("kind").text(),
            each.get("name").text(),
            each.place,
            each.path,
        )


def _secret(manifest: Manifest) -> SecretObject:
    values = [
        Variable(name, features_of(value.text(), (), name=name), value.place, value.path, "secret")
        for section in ("data", "stringData")
        for name, value in manifest.field.get(section).entries()
    ]
    return SecretObject(named(manifest), manifest.field.get("type").text(), tuple(values))


def _claims(kept: Sequence[Manifest]) -> Iterator[Claim]:
    for each in kept:
        if each.is_core("PersistentVolumeClaim"):
            modes = each.field.get("spec", "accessModes").items()
            yield Claim(named(each), frozenset(mode.text() for mode in modes))


def _provided(manifest: Manifest) -> Iterator[str]:
    for limit in manifest.field.get("spec", "limits").items():
        if limit.get("type").text() == "Container":
            for name, way in _PROVIDED.items():
                # A default limit is the default request, too.
                if limit.get(*way) or limit.get("default", way[1]):
                    yield name


def _markers(manifest: Manifest) -> Iterator[Marker]:
    root = manifest.field
    holders = [root.get("metadata")]
    if manifest.is_workload:
        pod = pod_of(manifest)
        if manifest.kind != "Pod":
            way = ("spec", "jobTemplate", "spec") if manifest.kind == "CronJob" else ("spec",)
            holders.append(root.get(*way, "template", "metadata"))
        yield from _keys("node-label", pod.get("nodeSelector"), manifest)
        for volume in pod.get("volumes").items():
            yield from _keys("volume", volume, manifest)
    if manifest.is_core("PersistentVolume"):
        yield from _keys("volume", root.get("spec"), manifest)
    for holder in holders:
        yield from _keys("annotation", holder.get("annotations"), manifest)


def _keys(of: str, field: Field, manifest: Manifest) -> Iterator[Marker]:
    for name, value in field.entries():
        yield Marker(of, name, manifest.name, value.place, value.path)
