"""Containers of a platform, and what is in them: the inner half of the neutral model.

Every field knows its place. No secret value is in here: free text is reduced to
`Features` by the readers. What runs them is in `tasks.domain.platform.model`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from tasks.domain.platform.nodes import Place

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sited(Generic[T]):
    """A value with the place and document path it was read from.

    ``path`` reads like ``services.web.ports[0]`` or, in Kubernetes,
    ``Deployment/web:spec.template.spec.containers[0].image``.
    """

    value: T
    place: Place
    path: str


class LengthClass(StrEnum):
    """How long a text is, coarse enough to tell nothing about it."""

    EMPTY = "empty"
    SHORT = "short"  # 1 to 7 characters
    MEDIUM = "medium"  # 8 to 31
    LONG = "long"  # 32 and more


class EntropyClass(StrEnum):
    """How random a text looks (Shannon, bits a character)."""

    LOW = "low"  # below 2.5: words, repeated characters
    MEDIUM = "medium"
    HIGH = "high"  # 3.5 and more: keys, tokens, hashes


@dataclass(frozen=True, slots=True)
class Features:
    """What may be known of a free text. The text itself is dropped at the door."""

    length: LengthClass = LengthClass.EMPTY
    entropy: EntropyClass = EntropyClass.LOW
    boolean: bool | None = None
    number: bool = False
    unit: str = ""  # "s", "ms", "MiB" ... when the text is a quantity
    refers_to: str = ""  # name of a service of this platform that the text points at
    port: int | None = None  # with refers_to
    interpolated: bool = False  # holds ${...} or $(...) as written: the value comes from elsewhere
    credentials: bool = False  # a URL with a literal password in it
    path_like: bool = False  # a file path or a plain URL, not a value to protect
    switched_on: bool | None = None  # as programs read switches: 1 and 0, too
    placeholder: bool = False  # stands for a value that somebody fills in before it is used
    word: str = ""  # one of a closed list that says how a program runs, e.g. "debug"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, label, argument or ConfigMap key: its name, and features of its text."""

    name: str
    features: Features
    place: Place
    path: str
    origin: str = "literal"  # literal | env_file | secret | config | field | host


@dataclass(frozen=True, slots=True)
class Build:
    """How an image is built. ``dockerfile`` is a path in the source, when it is there."""

    context: str
    place: Place
    path: str
    dockerfile: str = ""
    target: str = ""
    arguments: tuple[str, ...] = ()  # names of the build arguments that are given


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a container; ``host`` is None when not published, -1 when chosen late."""

    container: int
    place: Place
    path: str
    host: int | None = None
    host_ip: str = ""
    protocol: str = "tcp"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Mount:
    """Something mounted into a container. ``kind``: bind, volume, tmpfs, config, secret, claim."""

    kind: str
    source: str
    target: str
    place: Place
    path: str
    read_only: bool = False
    propagation: str = ""  # of mounts made later: shared, rslave; Kubernetes' own words
    sized: bool = False  # a tmpfs with a limit of its own


@dataclass(frozen=True, slots=True)
class HealthProbe:
    """A health check. ``kind``: health (Compose, image), liveness, readiness, startup. Seconds.

    None means that the file says nothing and the runtime's default holds.
    """

    kind: str
    place: Place
    path: str
    action: str = ""  # command, http, tcp, grpc
    interval: float | None = None
    timeout: float | None = None
    start_period: float | None = None
    start_interval: float | None = None
    retries: int | None = None
    disabled: bool = False
    port: int | None = None
    port_name: str = ""  # as written, when the port is a name
    vacuous: bool = False  # its command succeeds whatever the service does


@dataclass(frozen=True, slots=True)
class Isolation:
    """What separates a container from the host. None: not written, the runtime's default holds."""

    privileged: Sited[bool] | None = None
    user: Sited[str] | None = None  # Compose `user`, Kubernetes runAsUser
    run_as_non_root: Sited[bool] | None = None
    read_only_root: Sited[bool] | None = None
    escalation: Sited[bool] | None = (
        None  # may a process gain privileges? Compose no-new-privileges inverts it
    )
    capabilities_added: tuple[Sited[str], ...] = ()
    capabilities_dropped: tuple[Sited[str], ...] = ()
    seccomp: Sited[str] | None = None
    confinement_off: Sited[str] | None = None  # AppArmor or SELinux, when it is switched off
    unmasked: Sited[bool] | None = None  # the kernel's own paths can be seen and written
    devices: tuple[Sited[str], ...] = ()  # of the host


@dataclass(frozen=True, slots=True)
class Resources:
    """Bytes and cores; a value that could not be understood is in ``invalid``."""

    memory_limit: Sited[int] | None = None
    memory_request: Sited[int] | None = None
    cpu_limit: Sited[float] | None = None
    cpu_request: Sited[float] | None = None
    invalid: tuple[Sited[str], ...] = ()
    pids_limit: Sited[int] | None = None
    oom_killer_off: Sited[bool] | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a service. ``place`` is where it is named in its file."""

    name: str
    place: Place
    path: str
    role: str = "main"  # main, init, sidecar
    image: Sited[str] | None = None  # after interpolation
    image_as_written: str = ""
    build: Build | None = None
    isolation: Isolation = field(default_factory=Isolation)
    resources: Resources = field(default_factory=Resources)
    probes: tuple[HealthProbe, ...] = ()
    ports: tuple[Port, ...] = ()
    mounts: tuple[Mount, ...] = ()
    environment: tuple[Variable, ...] = ()
    arguments: tuple[Variable, ...] = ()
    pull_policy: Sited[str] | None = None  # Always, IfNotPresent, Never
    repeated: tuple[Variable, ...] = ()  # variables whose name stands in its list before


@dataclass(frozen=True, slots=True)
class Habit:
    """Something that an instruction does; both words are from closed lists, never free text.

    ``path`` is that of the instruction, so several habits may share one.
    """

    kind: str
    place: Place
    path: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM of a Dockerfile and what follows it; ``base`` names an image or another stage.

    What a stage takes over from another stage of the file is already in its fields.
    """

    base: Sited[str]  # after ARG
    place: Place
    path: str
    name: str = ""
    from_stage: bool = False  # the base is a stage of this file, not an image
    user: Sited[str] | None = None
    health: HealthProbe | None = None
    environment: tuple[Variable, ...] = ()  # ENV, and ARG with a default
    habits: tuple[Habit, ...] = ()  # its own, in the order of the file


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """How an image of this source is built."""

    path: str
    stages: tuple[Stage, ...] = ()
    faults: tuple[Sited[str], ...] = ()  # why it cannot be built as it is
    unset: tuple[Sited[str], ...] = ()  # variables of a FROM that only the build can set

    def stage(self, target: str = "") -> Stage | None:
        """Give the stage that becomes the image: the one named ``target``, else the last.

        BuildKit compares names of stages without their case.
        """
        wanted = target.lower()
        named = tuple(each for each in self.stages if wanted and each.name.lower() == wanted)
        stages = named or self.stages
        return stages[-1] if stages else None

    def lineage(self, target: str = "") -> tuple[Stage, ...]:
        """Give the stages whose layers are in the image, the first one first."""
        found: list[Stage] = []
        stage = self.stage(target)
        while stage is not None and stage not in found:
            found.insert(0, stage)
            wanted = stage.base.value.lower() if stage.from_stage else ""
            before = self.stages[: self.stages.index(stage)]
            stage = next((s for s in reversed(before) if wanted and s.name.lower() == wanted), None)
        return tuple(found)
