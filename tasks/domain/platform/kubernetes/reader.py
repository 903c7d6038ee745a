"""The reader of Kubernetes manifests: objects in, the neutral platform out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.platform.containers import Sited
from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.entries import files_of
from tasks.domain.platform.kubernetes import embedded
from tasks.domain.platform.kubernetes.cluster import read_cluster
from tasks.domain.platform.kubernetes.containers import Surroundings
from tasks.domain.platform.kubernetes.kinds import is_known
from tasks.domain.platform.kubernetes.late import late_images
from tasks.domain.platform.kubernetes.network import Network, read_network
from tasks.domain.platform.kubernetes.objects import KUSTOMIZE_GROUP, manifests, pod_of
from tasks.domain.platform.kubernetes.shapes import headless, misshapen, named
from tasks.domain.platform.kubernetes.workloads import read_workload
from tasks.domain.platform.model import (
    Edge,
    KubernetesObject,
    NotAssessed,
    Platform,
    Service,
    Unread,
)
from tasks.domain.platform.survey import KUSTOMIZATIONS, is_component, manifests_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tasks.domain.platform.documents import Document
    from tasks.domain.platform.kubernetes.objects import Manifest
    from tasks.domain.platform.kubernetes.rendered import Rendered
    from tasks.domain.platform.model import Entry
    from tasks.domain.platform.nodes import Place
    from tasks.domain.platform.sources import Source

_NAMED = 20  # repeated keys of a file that are named one by one
_SHOWN = 60  # characters of a key
_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(slots=True)
class _Read:
    """What was read so far, and what could not be."""

    found: list[Manifest] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)
    not_assessed: list[NotAssessed] = field(default_factory=list)
    component: bool = False


def read(source: Source, entry: Entry, rendered: Rendered | None = None) -> Platform:
    """Read the platform that ``entry`` defines; ``rendered`` is what a tool made of it.

    The same object twice counts once, as in a cluster: the later one wins, and
    the platform says so.
    """
    what = _Read()
    if rendered is None:
        _take_files(source, entry, what)
    else:
        what.found = _of_clusters(m for d in rendered.documents for m in manifests(d))
        what.files.update(rendered.files)
        what.unread.extend(rendered.unread)
        what.not_assessed.extend(rendered.not_assessed)
        what.not_assessed.extend(_repeated(rendered.documents))
    kept = _without_duplicates(what)
    what.not_assessed.extend(each for m in kept for each in misshapen(m))
    what.not_assessed.extend(_custom(kept))
    what.not_assessed.extend(embedded.texts_with_workloads(kept))
    network = read_network(kept)
    services = tuple(_services(kept, network, what))
    if not source.live:  # what runs has its image already
        what.not_assessed.extend(late_images(services))
    claims = (m for m in kept if m.is_core("PersistentVolumeClaim"))
    return Platform(
        entry=entry,
        services=services,
        endpoints=network.endpoints,
        edges=(*_references(services, network), *network.edges),
        objects=tuple(_object(m) for m in kept),
        volumes=tuple(Sited(m.name, m.field.place, m.label) for m in claims),
        cluster=read_cluster(kept),
        unread=tuple(what.unread),
        not_assessed=tuple(what.not_assessed),
        files=tuple(sorted(what.files)),
        unseen=frozenset(source.unseen),
        component=what.component,
    )


def _take_files(source: Source, entry: Entry, what: _Read) -> None:
    for path in files_of(source, entry):
        if path.rpartition("/")[2] in KUSTOMIZATIONS:
            what.component |= is_component(source, path)
            continue
        if path not in entry.paths and not path.endswith(_SUFFIXES):
            continue
        try:
            documents, objects = manifests_of(path, source.text(path))
        except DocumentError as error:
            what.unread.append(Unread(path, error.line, error.reason))
            continue
        what.not_assessed.extend(named(each) for d in documents for each in headless(d))
        if objects := _of_clusters(objects):
            what.files.add(path)
            what.found.extend(objects)
            what.not_assessed.extend(_repeated(documents))


def _of_clusters(found: Iterable[Manifest]) -> list[Manifest]:
    return [m for m in found if m.group != KUSTOMIZE_GROUP]


def _repeated(documents: Iterable[Document]) -> Iterator[NotAssessed]:
    """Name keys that stand twice in a mapping: the later one counts, as Kubernetes reads them."""
    found = [each for document in documents for each in document.repeated]
    for each in found[:_NAMED]:
        yield NotAssessed(
            f"{each.place.file}:{each.place.line}",
            f"key {each.key[:_SHOWN]} stands at line {each.first.line} already, "
            "and the later one counts",
            "Keep one of them.",
        )
    if more := found[_NAMED:]:
        place = more[0].place
        yield NotAssessed(
            f"{place.file}:{place.line}",
            f"{len(more)} more keys stand twice, and the later ones count",
            "Keep one of each.",
        )


def _without_duplicates(what: _Read) -> list[Manifest]:
    """Keep the last of objects with one identity; generated names are never the same."""
    kept: dict[tuple[object, ...], Manifest] = {}
    for each in _numbered(what.found):
        key = (each.group, each.kind, each.namespace, each.name)
        if key in kept:
            before, after = kept.pop(key).field.place, each.field.place
            what.not_assessed.append(
                NotAssessed(
                    f"{each.label} at {before.file}:{before.line}",
                    f"is defined again at {after.file}:{after.line}, and the later one counts",
                    "Keep one of them, or name them differently.",
                )
            )
        kept[key] = each
    return list(kept.values())


def _numbered(found: Iterable[Manifest]) -> Iterator[Manifest]:
    """Tell objects with one generated name apart, as the API server would: by what follows."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for each in found:
        if not each.field.get("metadata", "name").text():
            key = (each.counted_kind, each.namespace, each.name)
            seen[key] += 1
            yield each.called(f"{each.name}{seen[key]}") if seen[key] > 1 else each
        else:
            yield each


def _custom(kept: Sequence[Manifest]) -> Iterator[NotAssessed]:
    remedy = "Assess what the controller makes of them, from a running cluster."
    kinds = Counter(m.counted_kind for m in kept if not m.built_in)
    written = Counter(m.counted_kind for m in kept if not m.built_in for _ in embedded.pods(m))
    for kind, count in sorted(kinds.items()):
        reason = "custom resources: only their own controller knows what they start"
        if pods := written[kind]:
            reason = (
                f"custom resources: the pods written in them ({pods}) are assessed, "
                "what their own controller adds is not"
            )
        yield NotAssessed(f"{kind} ({count})", reason, remedy)
    unknown = Counter(
        (m.api_version, m.kind) for m in kept if m.built_in and not is_known(m.api_version, m.kind)
    )
    for (version, kind), count in sorted(unknown.items()):
        yield NotAssessed(
            f"{kind} ({count})",
            f"Kubernetes knows no {kind} of {version}",
            "Correct the kind or the API version.",
        )


def _services(kept: Sequence[Manifest], network: Network, what: _Read) -> Iterator[Service]:
    accounts = {(m.namespace, m.name): m for m in kept if m.is_core("ServiceAccount")}
    spaces = dict.fromkeys(m.namespace for m in kept)
    around = {space: _surroundings(kept, space, network) for space in spaces}
    for each in kept:
        if not each.is_workload:
            if not each.built_in:
                yield from embedded.services(each, around[each.namespace])
            continue
        containers = pod_of(each).get("containers")
        if any(container.get("image") for container in containers.items()):
            yield read_workload(each, network, around[each.namespace], accounts)
        elif not any(misshapen(each)):  # else that says why nothing was found in it
            what.not_assessed.append(_patch(each, "image" if containers.items() else "containers"))


def _patch(manifest: Manifest, lacking: str) -> NotAssessed:
    place = manifest.field.place
    return NotAssessed(
        f"{manifest.label} at {place.file}:{place.line}",
        f"has no {lacking}: it is a patch for another definition",
        "Assess the kustomization that uses it.",
    )


def _surroundings(kept: Sequence[Manifest], namespace: str, network: Network) -> Surroundings:
    here = [m for m in kept if m.namespace == namespace]
    return Surroundings(
        hosts=network.hosts(namespace),
        configs={m.name: m.field for m in here if m.is_core("ConfigMap")},
        secrets={m.name: m.field for m in here if m.is_core("Secret")},
    )


def _references(services: Sequence[Service], network: Network) -> Iterator[Edge]:
    """Give one edge for each pair of services of which one's texts name the other."""
    seen: set[tuple[str, str]] = set()
    for service in services:
        for target, place in _named(service):
            for each in network.behind(target):
                pair = (service.name, each)
                if each != service.name and pair not in seen:
                    seen.add(pair)
                    yield Edge(service.name, each, "reference", place)


def _named(service: Service) -> Iterator[tuple[str, Place]]:
    for container in service.containers:
        for variable in (*container.environment, *container.arguments):
            if variable.features.refers_to:
                yield variable.features.refers_to, variable.place


def _object(manifest: Manifest) -> KubernetesObject:
    version = manifest.field.get("apiVersion")
    return KubernetesObject(
        manifest.api_version,
        manifest.kind,
        manifest.name,
        version.place if version else manifest.field.place,
        manifest.label,
        manifest.namespace,
    )
