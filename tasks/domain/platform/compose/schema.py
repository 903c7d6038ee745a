"""Which fields a service may have, and of which type: what Docker Compose validates first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.tree import ComposeError, Leaf, Row, Table, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

# After `shape` has turned the short forms into these.
_TEXTS = frozenset(
    [
        "cgroup",
        "cgroup_parent",
        "container_name",
        "cpuset",
        "domainname",
        "hostname",
        "image",
        "ipc",
        "isolation",
        "mac_address",
        "network_mode",
        "platform",
        "pull_policy",
        "pull_refresh_after",
        "restart",
        "runtime",
        "stop_grace_period",
        "stop_signal",
        "user",
        "userns_mode",
        "uts",
        "working_dir",
        "pid",
    ],
)
_ROWS = frozenset(
    [
        "cap_add",
        "cap_drop",
        "configs",
        "device_cgroup_rules",
        "devices",
        "dns",
        "dns_opt",
        "dns_search",
        "env_file",
        "expose",
        "external_links",
        "group_add",
        "label_file",
        "links",
        "ports",
        "post_start",
        "pre_start",
        "pre_stop",
        "profiles",
        "secrets",
        "security_opt",
        "tmpfs",
        "volumes",
        "volumes_from",
    ],
)
_TABLES = frozenset(
    [
        "annotations",
        "blkio_config",
        "build",
        "credential_spec",
        "depends_on",
        "deploy",
        "develop",
        "environment",
        "extra_hosts",
        "healthcheck",
        "labels",
        "logging",
        "models",
        "networks",
        "provider",
        "storage_opt",
        "sysctls",
        "ulimits",
    ],
)
_FREE = frozenset(
    [
        "attach",
        "command",
        "cpu_count",
        "cpu_percent",
        "cpu_period",
        "cpu_quota",
        "cpu_rt_period",
        "cpu_rt_runtime",
        "cpu_shares",
        "cpus",
        "entrypoint",
        "extends",
        "gpus",
        "init",
        "mem_limit",
        "mem_reservation",
        "mem_swappiness",
        "memswap_limit",
        "oom_kill_disable",
        "oom_score_adj",
        "pids_limit",
        "privileged",
        "read_only",
        "scale",
        "shm_size",
        "stdin_open",
        "tty",
        "use_api_socket",
    ],
)
_NAME = re.compile(r"[a-zA-Z0-9._-]+|x-.*", re.DOTALL)
_KNOWN = _TEXTS | _ROWS | _TABLES | _FREE


def invalid_names(project: Table) -> Iterator[ComposeError]:
    """Yield the names of services, networks and the like that Docker Compose refuses."""
    for kind in ("services", "networks", "volumes", "secrets", "configs", "models"):
        named = project.items.get(kind)
        for name in named.items if isinstance(named, Table) else ():
            if not _NAME.fullmatch(name) and isinstance(named, Table):
                place = named.keys[name]
                yield ComposeError(f"additional properties '{name}' not allowed in {kind}", place)


def check_service(name: str, service: Table) -> Iterator[ComposeError]:
    """Yield what is wrong with the fields of ``service``, without repeating a value."""
    for field, tree in service.items.items():
        path = f"services.{name}.{field}"
        if field not in _KNOWN and not field.startswith("x-"):
            place = service.keys[field]
            yield ComposeError(
                f"additional properties '{field}' not allowed in services.{name}", place
            )
        elif (wanted := _wrong(field, tree)) is not None:
            yield ComposeError(f"{path} must be a {wanted}", tree.place)


def _wrong(field: str, tree: Tree) -> str | None:
    """Name the type that ``field`` should have; None when it has it. Null is left out."""
    if isinstance(tree, Leaf) and tree.value is None:
        return None
    if field in _TEXTS and not (isinstance(tree, Leaf) and isinstance(tree.value, str)):
        return "string"
    if field in _ROWS and not isinstance(tree, Row):
        return "array"
    if field in _TABLES and not isinstance(tree, Table):
        return "mapping"
    return None
