"""What a Kubernetes platform tells its cluster beside its workloads and endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.domain.platform.containers import Sited, Variable
    from tasks.domain.platform.nodes import Place


@dataclass(frozen=True, slots=True)
class Named:
    """An object of a cluster, with the place of its name."""

    name: str
    kind: str
    namespace: str
    place: Place
    path: str


@dataclass(frozen=True, slots=True)
class Selecting:
    """An object that speaks of pods by their labels: a budget, a network policy.

    ``everybody``: it selects each pod of its namespace. ``targets``: workloads of
    this platform that it selects.
    """

    of: Named
    everybody: bool = False
    targets: tuple[str, ...] = ()
    allows_all: bool = False  # a network policy that lets everybody in
    min_available: Sited[str] | None = None
    max_unavailable: Sited[str] | None = None


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """A HorizontalPodAutoscaler. ``utilised``: resources that it measures against requests."""

    of: Named
    target_kind: str
    target: str
    utilised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What a role permits; ``*`` stands for everything."""

    verbs: frozenset[str]
    resources: frozenset[str]
    groups: frozenset[str]
    names: bool  # only objects that it names
    place: Place
    path: str


@dataclass(frozen=True, slots=True)
class Role:
    """A Role or ClusterRole."""

    of: Named
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """One subject of a RoleBinding or ClusterRoleBinding."""

    of: Named
    role_kind: str
    role: str
    kind: str  # ServiceAccount, User, Group
    name: str
    place: Place
    path: str


@dataclass(frozen=True, slots=True)
class SecretObject:
    """A Secret whose values are in the files."""

    of: Named
    type: str
    values: tuple[Variable, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim for a volume, and how many may write to it."""

    of: Named
    modes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Marker:
    """A key by which an object asks for something: annotation, node label, kind of volume."""

    of: str  # annotation, node-label, volume
    name: str
    subject: str
    place: Place
    path: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Everything of this kind in a platform. Empty for Compose."""

    budgets: tuple[Selecting, ...] = ()
    policies: tuple[Selecting, ...] = ()
    autoscalers: tuple[Autoscaler, ...] = ()
    roles: tuple[Role, ...] = ()
    grants: tuple[Grant, ...] = ()
    secrets: tuple[SecretObject, ...] = ()
    claims: tuple[Claim, ...] = ()
    markers: tuple[Marker, ...] = ()
    # For each namespace the quantities that its LimitRange gives to containers without any:
    # memory_limit, memory_request, cpu_limit, cpu_request.
    provided: tuple[tuple[str, frozenset[str]], ...] = ()
