"""Counts of a source as written: nothing rendered, merged or interpolated.

They let a reader of our report check with his own eyes, or with grep, that we
saw all of his platform.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.platform.kubernetes.objects import WORKLOADS, pod_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.domain.platform.kubernetes.fields import Field
    from tasks.domain.platform.kubernetes.objects import Manifest


@dataclass(frozen=True, slots=True)
class Counts:
    """What is written in a set of files. Lists are expanded; ``kinds`` are sorted by name."""

    objects: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    services: int = 0  # core/v1 Services
    workloads: int = 0
    workload_kinds: dict[str, int] = field(default_factory=dict)
    containers: int = 0
    init_containers: int = 0
    compose_services: int = 0
    images_as_written: int = 0  # distinct strings, before interpolation
    namespaces: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """Collects counts of files; what must be distinct stays a set until the end."""

    kinds: Counter[str] = field(default_factory=Counter)
    workload_kinds: Counter[str] = field(default_factory=Counter)
    services: int = 0
    containers: int = 0
    init_containers: int = 0
    compose_services: int = 0
    images: set[str] = field(default_factory=set)
    namespaces: set[str] = field(default_factory=set)

    def take_manifest(self, manifest: Manifest) -> None:
        """Count one Kubernetes object."""
        self.kinds[manifest.counted_kind] += 1
        self.services += manifest.is_core("Service")
        if manifest.namespace:
            self.namespaces.add(manifest.namespace)
        if manifest.is_core("Namespace") and manifest.name:
            self.namespaces.add(manifest.name)
        if manifest.built_in and manifest.kind in WORKLOADS:
            self._take_workload(manifest)

    def _take_workload(self, manifest: Manifest) -> None:
        self.workload_kinds[manifest.kind] += 1
        pod = pod_of(manifest)
        main, init = pod.get("containers").items(), pod.get("initContainers").items()
        self.containers += len(main)
        self.init_containers += len(init)
        for container in (*main, *init):
            self._take_image(container.get("image"))

    def take_compose(self, services: Field) -> None:
        """Count the entries under ``services`` of a Compose file, whatever their profile."""
        for _, service in services.entries():
            self.compose_services += 1
            self._take_image(service.get("image"))

    def _take_image(self, image: Field) -> None:
        if text := image.text():
            self.images.add(text)

    def add(self, other: Tally) -> None:
        """Add another file's counts."""
        self.kinds.update(other.kinds)
        self.workload_kinds.update(other.workload_kinds)
        self.services += other.services
        self.containers += other.containers
        self.init_containers += other.init_containers
        self.compose_services += other.compose_services
        self.images |= other.images
        self.namespaces |= other.namespaces

    def counts(self) -> Counts:
        """Close the tally."""
        return Counts(
            objects=self.kinds.total(),
            kinds=dict(sorted(self.kinds.items())),
            services=self.services,
            workloads=self.workload_kinds.total(),
            workload_kinds=dict(sorted(self.workload_kinds.items())),
            containers=self.containers,
            init_containers=self.init_containers,
            compose_services=self.compose_services,
            images_as_written=len(self.images),
            namespaces=tuple(sorted(self.namespaces)),
        )


def total(tallies: Iterable[Tally]) -> Counts:
    """Sum up what several files hold."""
    whole = Tally()
    for each in tallies:
        whole.add(each)
    return whole.counts()
