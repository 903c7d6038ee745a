"""The neutral model of a platform: what every check, theory and plan looks at.

One vocabulary for Compose services and Kubernetes workloads, so that the same
defect gives the same finding whatever the packaging. Every field knows its
place. What is in a container is in `tasks.domain.platform.containers`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tasks.domain.platform.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.containers import Container, Dockerfile, Port, Sited, Variable
    from tasks.domain.platform.nodes import Place


class EntryKind(StrEnum):
    """How an entry is packaged."""

    COMPOSE = "compose"
    KUBERNETES = "kubernetes"
    KUSTOMIZE = "kustomize"
    HELM = "helm"


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in which a source defines a platform; ``paths`` in order of merging."""

    id: str
    kind: EntryKind
    paths: tuple[str, ...]
    default: bool = False
    why: str = ""  # the rule that made it the default, or what it looks like a variant of


@dataclass(frozen=True, slots=True)
class Dependency:
    """A start-up dependency: Compose depends_on and links."""

    target: str
    place: Place
    path: str
    condition: str = "service_started"  # service_healthy, service_completed_successfully
    required: bool = True
    kind: str = "depends_on"  # depends_on, links, volumes_from, network_mode …


@dataclass(frozen=True, slots=True)
class Logging:
    """Where a Compose service's output goes; ``bounded`` when it cannot fill the host's disk."""

    driver: str
    bounded: bool
    place: Place
    path: str


@dataclass(frozen=True, slots=True)
class Service:
    """What runs under one name: a Compose service, or a Kubernetes workload with its pod."""

    name: str
    kind: str  # "Compose", or Deployment, StatefulSet, DaemonSet, Job, CronJob, Pod, ReplicaSet …
    place: Place
    path: str
    containers: tuple[Container, ...]
    namespace: str = ""
    api_version: str = ""
    replicas: Sited[int] | None = None
    restart: Sited[str] | None = None
    host_network: Sited[bool] | None = None
    host_pid: Sited[bool] | None = None
    host_ipc: Sited[bool] | None = None
    service_account: str = ""
    token_mounted: Sited[bool] | None = None  # automountServiceAccountToken
    depends_on: tuple[Dependency, ...] = ()
    networks: tuple[Sited[str], ...] = ()
    labels: Mapping[str, str] = field(
        default_factory=dict
    )  # pod labels: schema values used by selectors
    profiles: tuple[str, ...] = ()
    hostnames: tuple[str, ...] = ()  # names under which others reach it
    deploy_restart: Sited[str] | None = None  # Compose deploy.restart_policy
    grace: Sited[float] | None = None  # seconds between the stop signal and the end
    stop_signal: Sited[str] | None = None
    strategy: Sited[str] | None = None  # of updates: RollingUpdate, Recreate
    fixed_name: Sited[str] | None = None  # Compose container_name
    architecture: Sited[str] | None = None  # Compose platform; amd64 in a pod's node selector
    host_uts: Sited[bool] | None = None
    host_users: Sited[bool] | None = None
    logging: Logging | None = None
    links: tuple[Sited[str], ...] = ()  # Compose, also where depends_on names the same service
    spread: bool = False  # somebody wrote how its pods lie apart
    unmatched: Sited[str] | None = None  # a label of its selector that its pods do not carry
    managed: bool = False  # a controller that is not seen here made it
    # Others complete it: Compose without image and build, a pod inside of a custom resource.
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A Kubernetes Service or Ingress: a name in front of services."""

    name: str
    kind: str
    place: Place
    path: str
    namespace: str = ""
    type: str = ""
    ports: tuple[Port, ...] = ()
    selector: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[str, ...] = ()  # names of the services that it reaches
    tls: bool = False  # an Ingress that names certificates, or whose controller is told of them
    unmet: tuple[Sited[str], ...] = ()  # names of ports that no pod behind it has


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` needs ``target``. ``kind``: depends_on, links, reference (a text names it)."""

    source: str
    target: str
    kind: str
    place: Place
    condition: str = ""


@dataclass(frozen=True, slots=True)
class KubernetesObject:
    """Any object with apiVersion and kind, as written."""

    api_version: str
    kind: str
    name: str
    place: Place
    path: str
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was asked for and could not be read or understood."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """Something that could not be looked at. ``input`` when it counts as exit code 3."""

    what: str
    reason: str
    remedy: str
    input: bool = False


@dataclass(frozen=True, slots=True)
class Platform:
    """What is being improved, as one entry defines it."""

    entry: Entry
    services: tuple[Service, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    edges: tuple[Edge, ...] = ()
    objects: tuple[KubernetesObject, ...] = ()
    networks: tuple[Sited[str], ...] = ()
    volumes: tuple[Sited[str], ...] = ()
    obsolete: tuple[
        Sited[str], ...
    ] = ()  # keys that the real reader ignores, e.g. Compose `version`
    unread: tuple[Unread, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    files: tuple[str, ...] = ()  # every file of the source that went in, sorted
    variables: tuple[Variable, ...] = ()  # of the project: Compose .env
    external: tuple[Sited[str], ...] = ()  # networks and volumes that must be there before
    cluster: Cluster = field(default_factory=Cluster)
    dockerfiles: Mapping[str, Dockerfile] = field(default_factory=dict)  # by path in the source
    unseen: frozenset[str] = frozenset()  # kinds of objects that a cluster did not show
    component: bool = False  # the pieces of a kustomize Component: who includes it completes it
