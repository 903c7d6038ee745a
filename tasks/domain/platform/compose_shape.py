"""Telling Compose files from look-alikes, and whole ones from overlays, by their shape.

This looks at one file as written. What the file means is the Compose reader's
business; here we only need to know whether to offer it as an entry.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.kubernetes.fields import Field

# Docker Compose looks for these, in this order (compose-go, cli/options.go).
DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_NAMED = re.compile(r"(docker-)?compose([-._].*)?\.ya?ml", re.IGNORECASE)
_NAMED_VOLUME = re.compile(r"([A-Za-z0-9][\w.-]+):")
_TOP = frozenset(
    "version name services networks volumes configs secrets include models".split()  # noqa: SIM905  # a list of words
)
_SERVICE = frozenset(
    [
        "annotations",
        "attach",
        "blkio_config",
        "build",
        "cap_add",
        "cap_drop",
        "cgroup",
        "cgroup_parent",
        "command",
        "configs",
        "container_name",
        "cpu_count",
        "cpu_percent",
        "cpu_period",
        "cpu_quota",
        "cpu_rt_period",
        "cpu_rt_runtime",
        "cpu_shares",
        "cpus",
        "cpuset",
        "credential_spec",
        "depends_on",
        "deploy",
        "develop",
        "device_cgroup_rules",
        "devices",
        "dns",
        "dns_opt",
        "dns_search",
        "domainname",
        "entrypoint",
        "env_file",
        "environment",
        "expose",
        "extends",
        "external_links",
        "extra_hosts",
        "gpus",
        "group_add",
        "healthcheck",
        "hostname",
        "image",
        "init",
        "ipc",
        "isolation",
        "label_file",
        "labels",
        "links",
        "logging",
        "mac_address",
        "mem_limit",
        "mem_reservation",
        "mem_swappiness",
        "memswap_limit",
        "models",
        "network_mode",
        "networks",
        "oom_kill_disable",
        "oom_score_adj",
        "pid",
        "pids_limit",
        "platform",
        "ports",
        "post_start",
        "pre_stop",
        "privileged",
        "profiles",
        "provider",
        "pull_policy",
        "read_only",
        "restart",
        "runtime",
        "scale",
        "secrets",
        "security_opt",
        "shm_size",
        "stdin_open",
        "stop_grace_period",
        "stop_signal",
        "storage_opt",
        "sysctls",
        "tmpfs",
        "tty",
        "ulimits",
        "use_api_socket",
        "user",
        "userns_mode",
        "uts",
        "volume_driver",
        "volumes",
        "volumes_from",
        "working_dir",
    ]
)


def is_named_like_compose(path: str) -> bool:
    """Whether a file's name says Compose."""
    return bool(_NAMED.fullmatch(path.rpartition("/")[2]))


def is_compose(path: str, root: Field) -> bool:
    """Tell a Compose file from others that have a ``services`` key.

    A name is believed. Any other file must look like one throughout: azd, values
    files and service containers of pipelines use the same word for other things.
    """
    if is_named_like_compose(path):
        return not is_version_1(root)
    names = [name for name, _ in root.entries()]
    services = root.get("services").entries()
    if not services or not all(n in _TOP or n.startswith("x-") for n in names):
        return False
    keys = [key for _, service in services for key, _ in service.entries()]
    return bool(keys) and all(key in _SERVICE or key.startswith("x-") for key in keys)


def is_version_1(root: Field) -> bool:
    """Whether services stand at the top level, as they did before 2016."""
    members = root.entries()
    if any(name in _TOP for name, _ in members):
        return False
    return any(member.get("image") or member.get("build") for _, member in members)


def incompleteness(root: Field) -> str:
    """Say why Compose would refuse this file alone, or nothing when it is whole."""
    if root.get("include"):
        return ""
    services = dict(root.get("services").entries())
    for name, service in services.items():
        runs = ("image", "build", "extends", "provider")
        if not any(service.get(key) for key in runs):
            return f"{name} has neither image nor build"
    for what, name, known in _references(root, services):
        if name not in known:
            return f"it refers to {what} {name}, which it does not define"
    return ""


def _references(
    root: Field, services: dict[str, Field]
) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Give what services refer to by name: (what, name, names that are defined)."""
    names = frozenset(services)
    networks = _defined(root, "networks") | {"default"}
    volumes = _defined(root, "volumes")
    for service in services.values():
        if service.get("extends"):
            continue
        for each in _names(service.get("depends_on")):
            yield "service", each, names
        for each in _names(service.get("networks")):
            yield "network", each, networks
        for mount in service.get("volumes").items():
            if named := _NAMED_VOLUME.match(mount.text()):
                yield "volume", named[1], volumes


def _defined(root: Field, section: str) -> frozenset[str]:
    return frozenset(name for name, _ in root.get(section).entries())


def _names(field: Field) -> list[str]:
    return [each.text() for each in field.items()] or [name for name, _ in field.entries()]
