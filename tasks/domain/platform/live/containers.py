"""A container as an engine describes it, written as a service of a Compose file.

Only what somebody decided is written: what the image or the engine brings by itself is left
out, as it is in a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.platform.live.settings import (
    NANO,
    health,
    needs,
    other,
    restart,
    security,
    spreads,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.platform.live.settings import Facts

LABEL = "com.docker.compose."
LOOSE = "containers"  # entry of what belongs to no project
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")
_SECRETS = "/run/secrets/"
_KEPT_MODES = ("host", "none")


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything that was asked: containers inspected, images by id, networks, volumes by name."""

    containers: tuple[Facts, ...]
    images: Mapping[str, Facts] = field(default_factory=dict)
    networks: Mapping[str, Facts] = field(default_factory=dict)
    volumes: Mapping[str, Facts] = field(default_factory=dict)
    log_driver: str = "json-file"


def label(container: Facts, name: str) -> str:
    """Read one of the labels that Docker Compose gives."""
    return str((container["Config"].get("Labels") or {}).get(f"{LABEL}{name}", ""))


def name_of(container: Facts) -> str:
    """Name a container as people do."""
    return str(container["Name"]).lstrip("/")


@dataclass(frozen=True, slots=True)
class Described:
    """One service by one of its containers; the others are its copies."""

    project: str
    container: Facts
    engine: Engine
    names: Mapping[str, str]  # of services by the ids of their containers

    @property
    def config(self) -> Facts:
        """What the container was given, with what its image brings."""
        return dict(self.container["Config"])

    @property
    def host(self) -> Facts:
        """How the engine runs it."""
        return dict(self.container["HostConfig"])

    @property
    def image(self) -> Facts:
        """What its image brings."""
        found = self.engine.images.get(str(self.container.get("Image")), {})
        return dict(found.get("Config") or {})

    def write(self, copies: int) -> Facts:
        """Write the service as a Compose file would, without what is empty."""
        parts = {
            "image": self.config.get("Image"),
            **self._process(),
            **self._isolation(),
            **self._limits(),
            "healthcheck": health(self.config.get("Healthcheck")),
            "ports": list(self._ports()),
            "volumes": list(self._volumes()),
            "tmpfs": [
                f"{at}:{how}".rstrip(":") for at, how in (self.host.get("Tmpfs") or {}).items()
            ],
            "secrets": [{"source": name, "target": name} for name in self._secrets()],
            **self._networks(),
            "depends_on": needs(label(self.container, "depends_on")),
            "restart": restart(self.host.get("RestartPolicy") or {}),
            "logging": self._logging(),
            "deploy": {"replicas": copies} if copies > 1 else None,
            "container_name": self._ownname_of(copies),
        }
        return {key: value for key, value in parts.items() if value not in (None, "", [], {})}

    def shared(self) -> Facts:
        """Write the networks, volumes and secrets that the service names."""
        networks = {name: how for name, how in self._named_networks() if name != "default"}
        volumes = dict(self._named_volumes())
        secrets = {name: {"external": True} for name in self._secrets()}
        parts = {"networks": networks, "volumes": volumes, "secrets": secrets}
        return {key: value for key, value in parts.items() if value}

    def _process(self) -> Facts:
        config, image = self.config, self.image
        own = [each for each in config.get("Env") or [] if each not in (image.get("Env") or [])]
        labels = {
            name: text
            for name, text in (config.get("Labels") or {}).items()
            if not name.startswith(("com.docker.", "desktop.docker."))
            and (image.get("Labels") or {}).get(name) != text
        }
        exposed = set(config.get("ExposedPorts") or {}) - set(image.get("ExposedPorts") or {})
        exposed -= set(self.host.get("PortBindings") or {})
        timeout, signal = config.get("StopTimeout"), config.get("StopSignal")
        return {
            "entrypoint": other(config.get("Entrypoint"), image.get("Entrypoint")),
            "command": other(config.get("Cmd"), image.get("Cmd")),
            "environment": own,
            "labels": labels,
            "expose": sorted(exposed),
            "user": config.get("User"),
            "working_dir": other(config.get("WorkingDir"), image.get("WorkingDir")),
            "stop_signal": other(signal, image.get("StopSignal")),
            "stop_grace_period": f"{timeout}s" if timeout is not None else None,
            "init": self.host.get("Init"),
        }

    def _isolation(self) -> Facts:
        host = self.host
        options = [security(each) for each in host.get("SecurityOpt") or []]
        if _KEPT_MODES[0] in (host.get("PidMode"), host.get("IpcMode")):
            options = [each for each in options if each != "label=disable"]  # the engine's own
        if host.get("MaskedPaths") == [] and not host.get("Privileged"):
            options.append("systempaths=unconfined")
        modes = {"pid": "PidMode", "ipc": "IpcMode", "uts": "UTSMode", "userns_mode": "UsernsMode"}
        shared = {key: self._mode(str(host.get(name) or "")) for key, name in modes.items()}
        devices = [
            ":".join(filter(None, (d["PathOnHost"], d["PathInContainer"], d["CgroupPermissions"])))
            for d in host.get("Devices") or []
        ]
        return {
            "privileged": host.get("Privileged") or None,
            "cap_add": host.get("CapAdd"),
            "cap_drop": host.get("CapDrop"),
            "read_only": host.get("ReadonlyRootfs") or None,
            "security_opt": options,
            "devices": devices,
            "group_add": host.get("GroupAdd"),
            "extra_hosts": host.get("ExtraHosts"),
            "sysctls": host.get("Sysctls"),
            **shared,
        }

    def _mode(self, mode: str) -> str:
        """Give a mode that somebody chose; another container's is its service's."""
        if mode.startswith("container:"):
            name = self.names.get(mode.removeprefix("container:"))
            return f"service:{name}" if name else mode
        return mode if mode in _KEPT_MODES else ""

    def _limits(self) -> Facts:
        host = self.host
        cpus = (host.get("NanoCpus") or 0) / NANO
        if not cpus and (host.get("CpuQuota") or 0) > 0:
            cpus = host["CpuQuota"] / (host.get("CpuPeriod") or 100_000)
        return {
            "mem_limit": host.get("Memory") or None,
            "mem_reservation": host.get("MemoryReservation") or None,
            "cpus": cpus or None,
            "pids_limit": host.get("PidsLimit") or None,
            "oom_kill_disable": host.get("OomKillDisable") or None,
        }

    def _ports(self) -> Iterator[Facts]:
        for port, bindings in sorted((self.host.get("PortBindings") or {}).items()):
            target, _, protocol = port.partition("/")
            for each in bindings or []:
                parts = {
                    "target": int(target),
                    "published": str(each.get("HostPort") or ""),
                    "host_ip": each.get("HostIp") or "",
                    "protocol": protocol or "tcp",
                }
                yield {key: value for key, value in parts.items() if value}

    def _mounts(self) -> Iterator[Facts]:
        for each in sorted(self.container.get("Mounts") or [], key=lambda m: str(m["Destination"])):
            if not (each["Type"] == "volume" and _ANONYMOUS.fullmatch(each.get("Name") or "")):
                yield each

    def _volumes(self) -> Iterator[Facts]:
        for each in self._mounts():
            if each["Type"] == "bind" and each["Destination"].startswith(_SECRETS):
                continue
            source = each.get("Source", "")
            if each["Type"] == "volume":
                source = self._volume(each["Name"])[0]
            elif each["Type"] == "bind":
                source = self._beside(source)
            parts = {
                "type": each["Type"],
                "source": source,
                "target": each["Destination"],
                "read_only": each.get("RW") is False,
                "bind": {"propagation": each["Propagation"]} if spreads(each) else None,
            }
            yield {key: value for key, value in parts.items() if value}

    def _beside(self, path: str) -> str:
        """Write a path below the project's folder as its files do."""
        folder = label(self.container, "project.working_dir")
        inside = folder and path.startswith(f"{folder}/")
        return f"./{path.removeprefix(f'{folder}/')}" if inside else path

    def _secrets(self) -> list[str]:
        binds = (each for each in self._mounts() if each["Type"] == "bind")
        names = (each["Destination"] for each in binds)
        return [each.removeprefix(_SECRETS) for each in names if each.startswith(_SECRETS)]

    def _named_volumes(self) -> Iterator[tuple[str, Facts]]:
        for each in self._mounts():
            if each["Type"] == "volume":
                yield self._volume(each["Name"])

    def _volume(self, name: str) -> tuple[str, Facts]:
        labels = (self.engine.volumes.get(name) or {}).get("Labels") or {}
        if labels.get(f"{LABEL}project") == self.project and self.project != LOOSE:
            return labels.get(f"{LABEL}volume", name), {}
        return name, {"external": True}

    def _networks(self) -> Facts:
        mode = str(self.host.get("NetworkMode") or "")
        chosen = self._mode(mode)
        if chosen:
            return {"network_mode": chosen}
        names = [name for name, _ in self._named_networks()]
        return {} if names == ["default"] else {"networks": names}

    def _named_networks(self) -> Iterator[tuple[str, Facts]]:
        if self._mode(str(self.host.get("NetworkMode") or "")):
            return
        for name in sorted(self.container.get("NetworkSettings", {}).get("Networks") or {}):
            facts = self.engine.networks.get(name) or {}
            labels = facts.get("Labels") or {}
            if name == "bridge" and self.project == LOOSE:
                yield "default", {}
            elif labels.get(f"{LABEL}project") == self.project and self.project != LOOSE:
                driver = facts.get("Driver") or "bridge"
                how: Facts = {"internal": True} if facts.get("Internal") else {}
                how |= {"driver": driver} if driver != "bridge" else {}
                yield labels.get(f"{LABEL}network", name), how
            else:
                yield name, {"external": True}

    def _logging(self) -> Facts:
        log = self.host.get("LogConfig") or {}
        options = log.get("Config") or {}
        if log.get("Type") in (None, "", self.engine.log_driver) and not options:
            return {}
        return {"driver": log.get("Type"), "options": options}

    def _ownname_of(self, copies: int) -> str:
        name, service = name_of(self.container), label(self.container, "service")
        number = label(self.container, "container-number")
        usual = {f"{self.project}{mark}{service}{mark}{number}" for mark in "-_"}
        return "" if not service or copies > 1 or name in usual else name
