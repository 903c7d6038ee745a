"""Containers of a pod: what each may do, needs, mounts and is told.

A container's own security context wins over its pod's, field by field, and the
place given is the one that takes effect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tasks.domain.platform.containers import (
    Container,
    Features,
    HealthProbe,
    Isolation,
    Mount,
    Port,
    Resources,
    Sited,
    Variable,
)
from tasks.domain.platform.features import features_of
from tasks.domain.platform.kubernetes.quantities import in_bytes, in_cores
from tasks.domain.platform.vacuous import is_vacuous

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tasks.domain.platform.kubernetes.fields import Field

T = TypeVar("T")
_OPTION = re.compile(r"(--?[A-Za-z][\w.-]{0,59})=")
_BARE = re.compile(r"--[A-Za-z][\w.-]{0,60}")
_ACTIONS = {"exec": "command", "httpGet": "http", "tcpSocket": "tcp", "grpc": "grpc"}
_DISKS = """
    awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc gcePersistentDisk glusterfs
    iscsi nfs portworxVolume rbd vsphereVolume
"""
_VOLUMES = {
    "hostPath": "bind",
    "configMap": "config",
    "downwardAPI": "config",
    "projected": "config",
    "secret": "secret",
    "persistentVolumeClaim": "claim",
    "ephemeral": "claim",
    # Disks and shares that outlive the pod without a claim.
    **dict.fromkeys(_DISKS.split(), "claim"),
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a container's text can point at: hosts, and the settings of its namespace."""

    hosts: Mapping[str, str] = field(default_factory=dict)  # a name, and the service behind it
    configs: Mapping[str, Field] = field(default_factory=dict)  # ConfigMaps by name
    secrets: Mapping[str, Field] = field(default_factory=dict)
    claims: Mapping[str, Field] = field(default_factory=dict)  # StatefulSet claim templates


def read_containers(pod: Field, around: Surroundings) -> Iterator[Container]:
    """Give the pod's containers: main ones, then init ones and sidecars."""
    volumes = {v.get("name").text(): v for v in pod.get("volumes").items()}
    for each in pod.get("containers").items():
        yield _container(each, "main", pod, (volumes, around))
    for each in pod.get("initContainers").items():
        role = "sidecar" if each.get("restartPolicy").text() == "Always" else "init"
        yield _container(each, role, pod, (volumes, around))


def _container(
    field: Field, role: str, pod: Field, context: tuple[Mapping[str, Field], Surroundings]
) -> Container:
    volumes, around = context
    name, image = field.get("name"), field.get("image")
    ports = tuple(_port(each) for each in field.get("ports").items())
    return Container(
        name=name.text(),
        place=name.place,
        path=field.path,
        role=role,
        image=image.sited_text(),
        image_as_written=image.text(),
        isolation=_isolation(field.get("securityContext"), pod.get("securityContext")),
        resources=_resources(field.get("resources")),
        probes=tuple(_probes(field, ports)),
        ports=ports,
        mounts=tuple(_mounts(field, volumes, around)),
        environment=tuple(_environment(field, around)),
        arguments=tuple(_arguments(field, around)),
        pull_policy=field.get("imagePullPolicy").sited_text(),
        repeated=tuple(_repeated(field, around)),
    )


def _isolation(own: Field, pod: Field) -> Isolation:
    def nearest(*names: str) -> Field:
        return own.get(*names) or pod.get(*names)

    return Isolation(
        privileged=own.get("privileged").sited_boolean(),
        user=nearest("runAsUser").sited_text(),
        run_as_non_root=nearest("runAsNonRoot").sited_boolean(),
        read_only_root=own.get("readOnlyRootFilesystem").sited_boolean(),
        escalation=own.get("allowPrivilegeEscalation").sited_boolean(),
        capabilities_added=_texts(own.get("capabilities", "add")),
        capabilities_dropped=_texts(own.get("capabilities", "drop")),
        seccomp=nearest("seccompProfile", "type").sited_text(),
        confinement_off=_confinement_off(nearest("appArmorProfile", "type")),
        unmasked=_unmasked(own.get("procMount")),
    )


def _confinement_off(field: Field) -> Sited[str] | None:
    off = field.text() == "Unconfined"
    return Sited("AppArmor", field.place, field.path) if off else None


def _unmasked(field: Field) -> Sited[bool] | None:
    on = field.text() == "Unmasked"
    return Sited(on, field.place, field.path) if field else None


def _texts(field: Field) -> tuple[Sited[str], ...]:
    return tuple(sited for each in field.items() if (sited := each.sited_text()))


def _resources(field: Field) -> Resources:
    invalid: list[Sited[str]] = []

    def bytes_of(*names: str) -> Sited[int] | None:
        return _amount(field.get(*names), in_bytes, invalid)

    def cores_of(*names: str) -> Sited[float] | None:
        return _amount(field.get(*names), in_cores, invalid)

    return Resources(
        memory_limit=bytes_of("limits", "memory"),
        memory_request=bytes_of("requests", "memory"),
        cpu_limit=cores_of("limits", "cpu"),
        cpu_request=cores_of("requests", "cpu"),
        invalid=tuple(invalid),
    )


def _amount(
    field: Field, read: Callable[[str], T | None], invalid: list[Sited[str]]
) -> Sited[T] | None:
    """Read a quantity; one that Kubernetes would refuse goes to ``invalid``."""
    text = field.sited_text()
    if text is None:
        return None
    amount = read(text.value)
    if amount is None:
        invalid.append(text)
        return None
    return Sited(amount, text.place, text.path)


def _port(field: Field) -> Port:
    return Port(
        container=field.get("containerPort").integer() or 0,
        place=field.get("containerPort").place,
        path=field.path,
        host=field.get("hostPort").integer(),
        host_ip=field.get("hostIP").text(),
        protocol=field.get("protocol").text().lower() or "tcp",
        name=field.get("name").text(),
    )


def _probes(field: Field, ports: tuple[Port, ...]) -> Iterator[HealthProbe]:
    named = {port.name: port.container for port in ports if port.name}
    for kind in ("liveness", "readiness", "startup"):
        probe = field.get(f"{kind}Probe")
        if not probe:
            continue
        action = next((key for key in _ACTIONS if probe.get(key)), "")
        port = probe.get(action, "port")
        yield HealthProbe(
            kind=kind,
            place=probe.place,
            path=probe.path,
            action=_ACTIONS.get(action, ""),
            interval=_seconds(probe.get("periodSeconds")),
            timeout=_seconds(probe.get("timeoutSeconds")),
            start_period=_seconds(probe.get("initialDelaySeconds")),
            retries=probe.get("failureThreshold").integer(),
            port=port.integer() or named.get(port.text()),
            port_name="" if port.integer() else port.text(),
            vacuous=is_vacuous([word.text() for word in probe.get("exec", "command").items()]),
        )


def _seconds(field: Field) -> float | None:
    found = field.integer()
    return None if found is None else float(found)


def _mounts(field: Field, volumes: Mapping[str, Field], around: Surroundings) -> Iterator[Mount]:
    for each in field.get("volumeMounts").items():
        name = each.get("name").text()
        kind, source = _volume(name, volumes.get(name), around)
        yield Mount(
            kind=kind,
            source=source,
            target=each.get("mountPath").text(),
            place=each.place,
            path=each.path,
            read_only=each.get("readOnly").boolean() is True,
            propagation=each.get("mountPropagation").text(),
            sized=bool(volumes[name].get("emptyDir", "sizeLimit")) if name in volumes else False,
        )


def _volume(name: str, volume: Field | None, around: Surroundings) -> tuple[str, str]:
    """Say of what kind a volume is, and what it comes from."""
    if volume is None:
        return ("claim", name) if name in around.claims else ("volume", name)
    if empty := volume.get("emptyDir"):
        return ("tmpfs" if empty.get("medium").text() == "Memory" else "volume"), name
    kind = next((each for each in _VOLUMES if volume.get(each)), "")
    source = next(
        (
            text
            for key in ("path", "claimName", "secretName", "name")
            if (text := volume.get(kind, key).text())
        ),
        name,
    )
    return _VOLUMES.get(kind, "volume"), source


def _environment(field: Field, around: Surroundings) -> Iterator[Variable]:
    for each in field.get("envFrom").items():
        yield from _imported(each, around)
    for each in field.get("env").items():
        yield _variable(each, around)


def _repeated(field: Field, around: Surroundings) -> Iterator[Variable]:
    """Give the variables whose name stands before in the container's own list."""
    seen: set[str] = set()
    for each in field.get("env").items():
        name = each.get("name").text()
        if name in seen:
            yield _variable(each, around)
        seen.add(name)


def _imported(field: Field, around: Surroundings) -> Iterator[Variable]:
    """Give the variables of a whole ConfigMap or Secret, where their values are written."""
    prefix = field.get("prefix").text()
    config = around.configs.get(field.get("configMapRef", "name").text())
    for key, value in config.get("data").entries() if config else ():
        name = f"{prefix}{key}"
        features = features_of(value.text(), around.hosts, name=name)
        yield Variable(name, features, value.place, value.path, "config")
    secret = around.secrets.get(field.get("secretRef", "name").text())
    for section in ("data", "stringData") if secret else ():
        for key, value in secret.get(section).entries() if secret else ():
            yield Variable(f"{prefix}{key}", Features(), value.place, value.path, "secret")


def _variable(field: Field, around: Surroundings) -> Variable:
    """Read one variable. What comes from elsewhere says so, and keeps its own place."""
    name, source = field.get("name").text(), field.get("valueFrom")
    if reference := source.get("configMapKeyRef"):
        config = around.configs.get(reference.get("name").text())
        text = config.get("data", reference.get("key").text()).text() if config else ""
        features = features_of(text, around.hosts, name=name)
        return Variable(name, features, field.place, field.path, "config")
    if source.get("secretKeyRef"):
        return Variable(name, Features(), field.place, field.path, "secret")
    if source:
        return Variable(name, Features(), field.place, field.path, "field")
    value = field.get("value")
    features = features_of(value.text(), around.hosts, name=name)
    return Variable(name, features, value.place, value.path, "literal")


def _arguments(field: Field, around: Surroundings) -> Iterator[Variable]:
    """Reduce the command line; of an option's text only the option's name is kept."""
    for key in ("command", "args"):
        pending = ""
        for number, each in enumerate(field.get(key).items()):
            text = each.text()
            if _BARE.fullmatch(text):  # it names the word behind it, or stands alone
                pending = text
                yield Variable(text, Features(), each.place, each.path, "literal")
                continue
            option = _OPTION.match(text)
            name = option[1] if option else pending
            seen = text.partition("=")[2] if option else text
            features = features_of(seen, around.hosts, name=name)
            yield Variable(name or f"{key}[{number}]", features, each.place, each.path, "literal")
            pending = ""
