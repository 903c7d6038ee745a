"""Hints in Kubernetes manifests that lie beside a Compose project, for services of one name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.kubernetes.network import pod_annotations, pod_labels, read_network
from tasks.domain.platform.kubernetes.objects import pod_of
from tasks.domain.platform.survey import manifests_of
from tasks.domain.verification.hints import GRPC, GRPC_HEALTH, METRICS, Hint, health_call
from tasks.domain.verification.scrapes import PATH, Scrape, configured, marked, rooted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tasks.domain.platform.kubernetes.fields import Field
    from tasks.domain.platform.kubernetes.network import Network
    from tasks.domain.platform.kubernetes.objects import Manifest
    from tasks.domain.platform.model import Endpoint
    from tasks.domain.platform.sources import Source

_FILES = (".yaml", ".yml")
_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_MONITORS = "monitoring.coreos.com"
# Ways to show who one is, which a question of ours does not have.
_SHOWN = ("authorization", "basicAuth", "bearerTokenFile", "bearerTokenSecret", "oauth2", "params")


def of_manifests(source: Source, services: Collection[str]) -> tuple[Hint, ...]:
    """Read what plain manifests of the source say about whoever has a name of ``services``."""
    kept = list(_manifests(source))
    network = read_network(kept)
    endpoints = (each for each in network.endpoints if each.kind == "Service")
    written = (each for each in kept if each.is_core("Service"))
    pairs = tuple(zip(written, endpoints, strict=True))
    reader = _Reader(kept, network, pairs, frozenset(services))
    return tuple(dict.fromkeys(hint for each in kept for hint in reader.of(each)))


def _manifests(source: Source) -> Iterator[Manifest]:
    for path in sorted(source.files):
        if path.endswith(_FILES) and b"apiVersion" in source.files.get(path, b""):
            try:
                yield from manifests_of(path, source.text(path))[1]
            except DocumentError:
                continue  # a template, or what whoever reads the platform says


@dataclass(frozen=True, slots=True)
class _Reader:
    kept: list[Manifest]
    network: Network
    services: tuple[tuple[Manifest, Endpoint], ...]  # Kubernetes' own: written, read
    known: frozenset[str]

    def of(self, manifest: Manifest) -> Iterator[Hint]:
        """Read one object."""
        if manifest.is_workload:
            yield from self._of_workload(manifest)
        elif manifest.is_core("Service"):
            yield from self._of_service(manifest)
        elif manifest.is_core("ConfigMap"):
            yield from self._of_config(manifest)
        elif manifest.group == _MONITORS and manifest.kind == "ServiceMonitor":
            yield from self._of_service_monitor(manifest)
        elif manifest.group == _MONITORS and manifest.kind == "PodMonitor":
            yield from self._of_pod_monitor(manifest)

    def _called(self, names: Iterable[str]) -> str:
        """Give the Compose service that has one of the names; nothing when none has."""
        return next((name for name in names if name in self.known), "")

    def _names(self, workload: Manifest) -> list[str]:
        before = self.network.names.get((workload.namespace, workload.name), ())
        containers = pod_of(workload).get("containers").items()
        return [workload.name, *before, *(each.get("name").text() for each in containers)]

    def _of_workload(self, workload: Manifest) -> Iterator[Hint]:
        service = self._called(self._names(workload))
        if not service:
            return
        pod = pod_of(workload)
        for container in pod.get("containers").items():
            ports = _ports(container)
            for probe in (container.get(each) for each in _PROBES):
                yield from _of_probe(service, probe, ports)
            for name, port in ports.items():
                if _says_grpc(name):
                    yield Hint(service, GRPC, port, told_by=container.place.file)
        numbers = [n for each in pod.get("containers").items() for n in _numbers(each)]
        if scrape := marked({**pod_annotations(workload), **pod_labels(workload)}, numbers):
            yield _metrics(service, scrape, workload)

    def _of_service(self, manifest: Manifest) -> Iterator[Hint]:
        endpoint = next(read for written, read in self.services if written is manifest)
        service = self._called((manifest.name, *endpoint.targets))
        if not service:
            return
        ports = manifest.field.get("spec", "ports").items()
        for field, port in zip(ports, endpoint.ports, strict=True):
            if field.get("appProtocol").text() == GRPC or _says_grpc(port.name):
                yield Hint(service, GRPC, port.container, told_by=field.place.file)
        annotations = manifest.field.get("metadata", "annotations").texts()
        if scrape := marked(annotations, [port.container for port in endpoint.ports]):
            yield _metrics(service, scrape, manifest)

    def _of_config(self, manifest: Manifest) -> Iterator[Hint]:
        """Read a configuration of Prometheus; it names Services and their own ports."""
        for _, field in manifest.field.get("data").entries():
            for scrape in configured(field.place.file, field.text()):
                for written, read in self.services:
                    service = self._called((written.name, *read.targets))
                    port = _behind(written, read, scrape.port)
                    if written.name == scrape.host and service and port:
                        yield _metrics(service, Scrape("", port, scrape.path), manifest)

    def _of_service_monitor(self, monitor: Manifest) -> Iterator[Hint]:
        wanted = monitor.field.get("spec", "selector", "matchLabels").texts()
        for written, read in self.services if wanted else ():
            if wanted.items() <= written.field.get("metadata", "labels").texts().items():
                service = self._called((written.name, *read.targets))
                named = {port.name: port.container for port in read.ports}
                yield from _scraped(service, monitor.field.get("spec", "endpoints"), named)

    def _of_pod_monitor(self, monitor: Manifest) -> Iterator[Hint]:
        wanted = monitor.field.get("spec", "selector", "matchLabels").texts()
        for each in self.kept if wanted else ():
            if each.is_workload and wanted.items() <= pod_labels(each).items():
                containers = pod_of(each).get("containers").items()
                named = {k: v for container in containers for k, v in _ports(container).items()}
                endpoints = monitor.field.get("spec", "podMetricsEndpoints")
                yield from _scraped(self._called(self._names(each)), endpoints, named)


def _of_probe(service: str, probe: Field, ports: dict[str, int]) -> Iterator[Hint]:
    file = probe.place.file
    if call := probe.get("grpc"):
        port = call.get("port").integer() or ports.get(call.get("port").text(), 0)
        if port:
            asks = call.get("service").text()
            yield Hint(service, GRPC_HEALTH, port, asks=asks, told_by=file)
    words = [word.text() for word in probe.get("exec", "command").items()]
    if found := health_call(words):
        yield Hint(service, GRPC_HEALTH, found[0], asks=found[1], told_by=file)


def _scraped(service: str, endpoints: Field, named: dict[str, int]) -> Iterator[Hint]:
    """Read the endpoints of a monitor; ``named`` are the ports that it can name."""
    for each in endpoints.items() if service else ():
        told = each.get("targetPort")
        port = (
            each.get("portNumber").integer()
            or told.integer()
            or named.get(each.get("port").text() or told.text(), 0)
        )
        plain = each.get("scheme").text().lower() in {"", "http"}
        path = rooted(each.get("path").text() or PATH)
        if port and plain and path and not any(each.get(name) for name in _SHOWN):
            yield Hint(service, METRICS, port, path, told_by=each.place.file)


def _metrics(service: str, scrape: Scrape, manifest: Manifest) -> Hint:
    return Hint(service, METRICS, scrape.port, scrape.path, told_by=manifest.field.place.file)


def _behind(written: Manifest, read: Endpoint, number: int) -> int:
    """Give the container's port behind a Service's own one."""
    ports = written.field.get("spec", "ports").items()
    pairs = zip(ports, read.ports, strict=True)
    return next((p.container for field, p in pairs if field.get("port").integer() == number), 0)


def _says_grpc(name: str) -> bool:
    """Tell by a port's name what is spoken there: ``grpc``, or more behind it."""
    return name == GRPC or name.startswith(f"{GRPC}-")


def _ports(container: Field) -> dict[str, int]:
    ports = container.get("ports").items()
    return {p.get("name").text(): n for p in ports if (n := p.get("containerPort").integer())}


def _numbers(container: Field) -> list[int]:
    return [n for p in container.get("ports").items() if (n := p.get("containerPort").integer())]
