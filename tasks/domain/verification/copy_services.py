"""One service of a copy: what it keeps, what it gets instead."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.copy_request import EGRESS, labels
from tasks.domain.verification.permissions import inside
from tasks.domain.verification.stand_ins import replaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.verification.copy_request import Request
    from tasks.domain.verification.stand_ins import StandIns

# Taken over as they are. Everything else is made anew below, or left out.
_KEPT = tuple(
    """
    annotations attach cap_drop cpu_count cpu_percent cpu_period cpu_quota cpu_shares cpus cpuset
    dns_opt dns_search domainname expose group_add healthcheck hostname init links network_mode
    pid ipc uts platform post_start pre_stop read_only shm_size stdin_open stop_grace_period
    stop_signal sysctls tmpfs tty ulimits user volumes_from working_dir
    """.split()  # noqa: SIM905  # forty quotes hide the words
)
_TEXTS = ("command", "entrypoint", "healthcheck", "post_start", "pre_stop")
# Only with a permission; whoever lacks it is not in the copy at all.
_GRANTED = ("privileged", "cap_add", "devices", "device_cgroup_rules", "gpus", "userns_mode")
_MOST_REPLICAS = 3
_RESTARTS = 5  # of a service that crashes again and again
_MOST_PROCESSES = 2048
_LOG = {"driver": "json-file", "options": {"max-size": "16m", "max-file": "2"}}
_TMPFS = 256 << 20


@dataclass(slots=True)
class Box:
    """What the services of one copy share while they are made."""

    request: Request
    secrets: StandIns
    volumes: set[str] = field(default_factory=set)
    files: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)


def shaped_service(name: str, service: Mapping[str, Any], box: Box) -> dict[str, Any]:
    """Make one service of the copy."""
    made = {key: service[key] for key in _KEPT if service.get(key) is not None}
    made |= {key: service[key] for key in _GRANTED if service.get(key)}
    for key in _TEXTS:
        if service.get(key) is not None:
            made[key] = replaced(service[key], box.secrets)
    if "environment" in service:
        made["environment"] = {
            key: box.secrets.value(key, str(value))
            for key, value in (service["environment"] or {}).items()
            if value is not None
        }
    made["image"] = box.request.images.get(name) or service.get("image", "")
    made["pull_policy"] = "never"
    made["depends_on"] = dict(service.get("depends_on") or {})
    made["labels"] = labels(box.request)
    made["logging"] = _LOG
    made["security_opt"] = _options(service)
    made["restart"] = _restart(service)
    made["volumes"] = [_mount(each, name, box) for each in service.get("volumes") or ()]
    for key in ("configs", "secrets"):
        if service.get(key):
            made[key] = service[key]
    _limit(made, service, box)
    if not str(service.get("network_mode") or ""):
        made["networks"] = _networks(name, service, box)
    if service.get("ports"):
        box.changed.append("no port is published on this machine")
    return {key: value for key, value in made.items() if value not in (None, [], {}, "")}


def _options(service: Mapping[str, Any]) -> list[str]:
    """Keep what confines; what loosens is there only when it was granted as privileged."""
    kept = [o for o in service.get("security_opt") or () if not o.startswith("seccomp=/")]
    return [each for each in kept if not each.startswith("seccomp:/")]


def _restart(service: Mapping[str, Any]) -> str:
    """Let a service that restarts do so, and end a crash loop after a few rounds."""
    policy = str(service.get("restart") or "no").partition(":")[0]
    return "no" if policy in {"no", ""} else f"on-failure:{_RESTARTS}"


def _networks(name: str, service: Mapping[str, Any], box: Box) -> dict[str, Any]:
    """Keep the names under which others find it; addresses and priorities are the user's."""
    made: dict[str, Any] = {}
    for network, options in (service.get("networks") or {"default": None}).items():
        aliases = (options or {}).get("aliases")
        made[network] = {"aliases": aliases} if aliases else {}
        if (options or {}).get("ipv4_address"):
            box.changed.append("fixed addresses are left out")
    if box.request.settings.allows("egress", name):
        made[EGRESS] = {}
    return made


def _limit(made: dict[str, Any], service: Mapping[str, Any], box: Box) -> None:
    """Put every limit into one place, because Compose refuses two that differ."""
    deploy = service.get("deploy") or {}
    written = dict((deploy.get("resources") or {}).get("limits") or {})
    memory = int(written.get("memory") or service.get("mem_limit") or box.request.memory)
    processes = int(written.get("pids") or service.get("pids_limit") or _MOST_PROCESSES)
    limits: dict[str, Any] = {
        "memory": str(min(memory, box.request.memory)),
        "pids": processes if 0 < processes < _MOST_PROCESSES else _MOST_PROCESSES,
    }
    short = made.pop("cpus", None)
    if cpus := written.get("cpus") or short:
        limits["cpus"] = f"{min(float(cpus), box.request.cores):g}"
    made["deploy"] = {"resources": {"limits": limits}}
    replicas = deploy.get("replicas", service.get("scale"))
    if replicas is not None:
        made["deploy"]["replicas"] = min(int(replicas), _MOST_REPLICAS)
        if int(replicas) > _MOST_REPLICAS:
            box.changed.append(f"at most {_MOST_REPLICAS} replicas of a service run")


def _mount(mount: Mapping[str, Any], name: str, box: Box) -> dict[str, Any]:
    kind, target = mount.get("type"), mount["target"]
    read_only = {"read_only": True} if mount.get("read_only") else {}
    if kind == "tmpfs":
        size = (mount.get("tmpfs") or {}).get("size") or _TMPFS
        return {"type": "tmpfs", "target": target, "tmpfs": {"size": int(size)}}
    if kind == "volume":
        if source := mount.get("source"):
            box.volumes.add(source)
            return {"type": "volume", "source": source, "target": target, **read_only}
        return {"type": "volume", "target": target, **read_only}
    source = str(mount.get("source") or "")
    if inside(source, box.request.root):
        place = posixpath.join("binds", posixpath.relpath(source, box.request.root))
        box.files[source] = place
        box.changed.append("files of the platform are mounted as copies")
        at = posixpath.join(box.request.folder, place)
        return {"type": "bind", "source": at, "target": target, **read_only}
    box.changed.append("files of the host are mounted read-only")
    return {"type": "bind", "source": source, "target": target, "read_only": True}
