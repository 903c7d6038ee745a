"""Definitions that the real readers refuse, ignore, or cannot satisfy."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from knowledge.tables import dead_marks, removed_apis
from tasks.domain.findings import Hit, Severity
from tasks.domain.platform.kubernetes.kinds import is_namespaced
from tasks.domain.platform.model import EntryKind
from tasks.domain.security.checks.parts import WHOLE, listed, parts, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.platform.model import Dependency, Platform


def removed_api(platform: Platform) -> Iterator[Hit]:
    """Find objects of an API version that current clusters no longer serve."""
    removed = removed_apis()
    for each in platform.objects:
        known = removed.get((each.api_version, each.kind))
        if known:
            facts = {
                "case": "successor" if known.successor else "gone",
                "kind": each.kind,
                "api_version": each.api_version,
                "removed": known.removed,
                "successor": known.successor,
            }
            yield Hit(each.name, each.place, each.path, facts)


def obsolete_key(platform: Platform) -> Iterator[Hit]:
    """Find keys that the reader of this file ignores."""
    for key in platform.obsolete:
        yield Hit(_owner(key.path), key.place, key.path, {"key": key.value})


def unheeded(platform: Platform) -> Iterator[Hit]:
    """Find annotations and node labels that clusters no longer heed, or soon will not."""
    known = dead_marks()
    for marker in platform.cluster.markers:
        # Some are one annotation a container: their names end with the container's.
        prefix = f"{marker.name.partition('/')[0]}/*"
        dead = known.get((marker.of, marker.name)) or known.get((marker.of, prefix))
        if dead and marker.of != "volume":
            facts = {
                "case": dead.effect,
                "name": marker.name,
                "since": dead.since,
                "instead": dead.instead,
            }
            milder = None if dead.effect == "none" else Severity.INFO
            yield Hit(marker.subject, marker.place, marker.path, facts, milder)


def dangling(platform: Platform) -> Iterator[Hit]:
    """Find needs that nothing here fulfils: a dependency, or an endpoint's selector."""
    names = {service.name for service in platform.services}
    for service in platform.services:
        for each in service.depends_on:
            if each.target not in names:
                case = "required" if each.required else "optional"
                facts = {"case": case, "target": each.target}
                milder = None if each.required else Severity.LOW
                yield Hit(service.name, each.place, each.path, facts, milder)
    for endpoint in platform.endpoints:
        if endpoint.selector and not endpoint.targets and endpoint.kind == "Service":
            facts = {"case": "selector", "target": endpoint.name}
            yield Hit(endpoint.name, endpoint.place, endpoint.path, facts, Severity.MEDIUM)


def unmatched(platform: Platform) -> Iterator[Hit]:
    """Find workloads whose selector does not fit their own pods: a cluster refuses them."""
    for service in platform.services:
        if label := service.unmatched:
            yield Hit(service.name, label.place, label.path, {"label": label.value})


def repeated_variable(platform: Platform) -> Iterator[Hit]:
    """Find variables that a container is given twice: the later one counts."""
    for part in parts(platform):
        for each in part.container.repeated:
            yield Hit(part.subject, each.place, each.path, {"name": each.name})


def default_namespace(platform: Platform) -> Iterator[Hit]:
    """Find, once a platform, workloads that were put into the namespace of all who choose none.

    Where none is written, whoever applies the files chooses.
    """
    chosen = tuple(each for each in platform.services if each.namespace == "default")
    yield from whole(chosen, len(platform.services), "namespace")


def no_namespace(platform: Platform) -> Iterator[Hit]:
    """Find, once a platform, objects that name no namespace: whoever applies them chooses it.

    Of a chart nobody expects it: its release has a namespace, and all objects with it.
    What a kustomize Component adds gets that of the one who includes it.
    """
    if platform.entry.kind is EntryKind.HELM or platform.component:
        return
    known = [o for o in platform.objects if is_namespaced(o.api_version, o.kind)]
    unnamed = [each for each in known if not each.namespace]
    if unnamed:
        kinds = sorted(Counter(each.kind for each in unnamed).items())
        every = len(unnamed) == len(known)
        what = (f"{count} {kind}" for kind, count in kinds)
        names = (f"{each.kind}/{each.name}" for each in unnamed)
        facts = {
            "case": "all" if every else "some",
            "count": str(len(unnamed)),
            "of": str(len(known)),
            "what": listed(what if every else names),
        }
        first = min(each.place for each in unnamed)
        yield Hit(WHOLE, first, "objects.*.namespace", facts)


def cycle(platform: Platform) -> Iterator[Hit]:
    """Find services that wait for each other in a ring, each ring once."""
    waits = {service.name: service.depends_on for service in platform.services}
    seen: set[str] = set()
    for name in waits:
        ring = _ring(waits, name, seen)
        if ring:
            first = next(each for each in waits[ring[0]] if each.target == ring[1])
            yield Hit(ring[0], first.place, first.path, {"ring": " -> ".join(ring)})


def _ring(
    waits: Mapping[str, tuple[Dependency, ...]], start: str, seen: set[str]
) -> tuple[str, ...]:
    """Walk from ``start`` without recursion; give the first ring met, closed by its first name."""
    if start in seen:
        return ()
    seen.add(start)
    path: dict[str, Iterator[Dependency]] = {start: iter(waits[start])}
    while path:
        step = next(path[next(reversed(path))], None)
        if step is None:
            path.popitem()
        elif step.target in path:
            names = list(path)
            return (*names[names.index(step.target) :], step.target)
        elif step.target not in seen and step.target in waits:
            seen.add(step.target)
            path[step.target] = iter(waits[step.target])
    return ()


def _owner(path: str) -> str:
    """Name who a key belongs to: the service of ``services.web.links``, else the key itself."""
    words = path.split(".")
    return words[1] if words[0] == "services" and len(words) > 1 else words[0]
