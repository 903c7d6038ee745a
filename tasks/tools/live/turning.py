"""Turn a running copy into another one in its place, with its data, as an update would."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tasks.domain.canonical import digest
from tasks.tools.live import objects
from tasks.tools.live.files import definition, place
from tasks.tools.live.stack import start_all
from tasks.tools.live.standing import Standing
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.verification.functional import Answer
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

_LOOK_SECONDS = 0.2
_GRACE_SECONDS = 10  # the engine's own, where a container states none
# What an engine knows of a container that its definition decides; names and times are left out.
_CONFIG = ("Image", "Cmd", "Entrypoint", "User", "Env", "Healthcheck", "StopSignal", "WorkingDir")
_HOST = (
    "CapAdd",
    "CapDrop",
    "Init",
    "LogConfig",
    "Memory",
    "NanoCpus",
    "PidsLimit",
    "Privileged",
    "ReadonlyRootfs",
    "RestartPolicy",
    "SecurityOpt",
    "Tmpfs",
)


def turn(engine: Engine, ready: Ready, limit: timedelta) -> tuple[Answer, ...]:
    """Let Compose make the running copy the one of ``ready``; return what it answers then.

    Volumes stay, and with them the data. Its probes get as long as ``limit`` to be green, and
    besides what its containers may take to stop, one after the other.

    Raises:
        ToolError: Compose is missing.
    """
    limit += stopping(engine, ready.copy.project)
    place(ready.copy, ready.request)
    with definition(ready.copy) as file:
        start_all(engine, str(file), ready.copy.project, limit)
    standing = Standing(engine, ready, limit=limit)
    standing.ports = ready.ports(engine)
    standing.asked = ready.questions(standing.ports)
    deadline = time.monotonic() + limit.total_seconds()
    while not standing.green() and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    return standing.answers()


def stopping(engine: Engine, project: str) -> timedelta:
    """Add up how long the engine waits for each container of a copy to heed its stop signal."""
    graces = [
        engine.client.inspect_container(each["Id"])["Config"].get("StopTimeout")
        for each in objects.containers(engine, project)
    ]
    return timedelta(seconds=sum(_GRACE_SECONDS if g is None else g for g in graces))


def state(engine: Engine, project: str) -> dict[str, str]:
    """Digest what the engine has of a copy: each service's containers, volumes, networks."""
    settings: dict[str, list[str]] = defaultdict(list)
    for each in objects.containers(engine, project):
        about = engine.client.inspect_container(each["Id"])
        settings[each["Labels"].get(SERVICE_LABEL, "")].append(digest(_settings(about)))
    found = {f"container {name}": digest(sorted(each)) for name, each in settings.items()}
    for kind, names in objects.names(engine, project).items():
        found[kind] = digest(sorted(names))
    return found


def _settings(about: Mapping[str, Any]) -> dict[str, Any]:
    config, host = about.get("Config") or {}, about.get("HostConfig") or {}
    told = {key: config.get(key) for key in _CONFIG} | {key: host.get(key) for key in _HOST}
    return {"image": about.get("Image"), **{k: _ordered(v) for k, v in told.items()}}


def _ordered(value: Any) -> Any:
    """The engine lists variables and capabilities in any order."""
    return sorted(value) if isinstance(value, list) and all(map(_is_text, value)) else value


def _is_text(value: object) -> bool:
    return isinstance(value, str)
