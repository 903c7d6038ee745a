"""Places in the files of a platform where a defect can be planted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tests.accuracy.mutations.yamltext import Edits, Mapping, Unfit, documents, get, plain

if TYPE_CHECKING:
    import random

    import yaml

COMPOSE = (
    ("sock-shop", "deploy/docker-compose/docker-compose.yml"),
    ("sock-shop", "deploy/docker-compose/docker-compose.monitoring.yml"),
    ("robot-shop", "docker-compose.yaml"),
    ("train-ticket", "docker-compose.yml"),
    ("train-ticket", "deployment/docker-compose-manifests/quickstart-docker-compose.yml"),
    ("edgex", "docker-compose.yml"),
    ("edgex", "docker-compose-no-secty.yml"),
    ("edgex", "docker-compose-zero-trust.yml"),
)
KUBERNETES = (
    ("online-boutique", "release/kubernetes-manifests.yaml"),
    ("online-boutique", "rendered/helm-default-values.yaml"),
    ("sock-shop", "deploy/kubernetes/complete-demo.yaml"),
    ("sock-shop", "deploy/kubernetes/manifests"),
    ("robot-shop", "rendered/helm-default-values.yaml"),
    ("train-ticket", "deployment/kubernetes-manifests/quickstart-k8s"),
    ("train-ticket", "deployment/kubernetes-manifests/k8s-with-istio"),
)
# Container ports of stores: written down here by hand, apart from the product's own table.
_STORE_PORTS = {3306, 5432, 5672, 6379, 9200, 15672, 27017}


@dataclass(slots=True)
class Site:
    """A service, in one file of a copy. ``number`` is unique within one copy."""

    file: str
    name: str
    number: int
    edits: Edits
    service: Mapping  # Compose: the service. Kubernetes: the container
    document: Mapping
    chance: random.Random
    partner: str = ""  # another service of the same copy, which no defect is planted in
    other: Mapping | None = None  # that partner's service or document
    every: tuple[Mapping, ...] = ()  # all services, or all containers, of the file

    @property
    def pod(self) -> yaml.Node:
        """The pod's template's specification."""
        found = get(self.document, "spec", "template", "spec")
        if found is None:
            raise Unfit
        return found

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the pod."""
        found: dict[str, str] = plain(get(self.document, "spec", "template", "metadata", "labels"))
        if not found:
            raise Unfit
        return found

    @property
    def namespace(self) -> str:
        """Where the workload lives; nothing when it does not say."""
        return plain(get(self.document, "metadata", "namespace")) or ""

    @property
    def host(self) -> int:
        """A port of the host that nobody else takes."""
        return 42000 + self.number

    @property
    def stores(self) -> bool:
        """Whether the container listens where stores do, or keeps a claim."""
        ports = plain(get(self.service, "ports")) or []
        claims = [v for v in plain(get(self.pod, "volumes")) or [] if "persistentVolumeClaim" in v]
        return bool(claims) or any(int(p["containerPort"]) in _STORE_PORTS for p in ports)


@lru_cache(maxsize=64)
def compose_services(text: str) -> tuple[tuple[str, Mapping, Mapping], ...]:
    """Give each service with image or build: name, service, document."""
    found = []
    for document in documents(text):
        services = get(document, "services")
        for key, service in services.value if isinstance(services, Mapping) else ():
            if isinstance(service, Mapping) and (get(service, "image") or get(service, "build")):
                found.append((key.value, service, document))
    return tuple(found)


@lru_cache(maxsize=64)
def containers(text: str) -> tuple[tuple[str, Mapping, Mapping], ...]:
    """Give each Deployment of one container: name, container, document."""
    found = []
    for document in documents(text):
        if plain(get(document, "kind")) != "Deployment":
            continue
        listed = get(document, "spec", "template", "spec", "containers")
        if listed is not None and len(listed.value) == 1:
            found.append((plain(get(document, "metadata", "name")), listed.value[0], document))
    return tuple(found)


def every_container(text: str) -> tuple[Mapping, ...]:
    """Give every container of every pod in a file, those that begin before others included."""
    found: list[Mapping] = []
    for document in documents(text):
        for way in (("spec", "template", "spec"), ("spec",)):
            for kind in ("containers", "initContainers"):
                listed = get(document, *way, kind)
                found += listed.value if listed is not None else []
    return tuple(found)


def span(text: str, file: str, name: str) -> tuple[str, int, int]:
    """Give file and lines, counted from 1, in which a service or a workload stands."""
    for found, service, document in (*compose_services(text), *containers(text)):
        if found == name:
            node = document if get(document, "kind") else service
            lines = text[: node.end_mark.index].rstrip().count("\n")
            return file, node.start_mark.line + (get(document, "kind") is not None), lines + 1
    return file, 1, 0
