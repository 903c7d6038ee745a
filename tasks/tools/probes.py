"""Look at this machine for `cmi doctor`: is it there, does it answer, is it a version to trust."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from tasks.tools import command, host, identity
from tasks.tools.errors import ToolError
from tasks.tools.installed.engine import Installed, answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

State = Literal["ok", "missing", "broken", "old", "bad", "dead", "low", "taken"]
Version = tuple[int, ...]

_TIMEOUT = timedelta(seconds=15)
# Published by whoever had stolen the project's credentials (March 2026); field notes, section g.
TRIVY_BAD = ((0, 69, 4), (0, 69, 6))
_TRIVY_OLDEST = (0, 60)
# Vulnerabilities appear daily; a scan with a feed of last month calls things clean that are not.
_FEED_AGE = timedelta(days=7)
_COMPOSE_OLDEST = (2, 20)  # the first with `include`
_KUBECTL_OLDEST = (1, 27)  # kustomize 5
_REGISTRY = "registry-1.docker.io"
_HTTPS = 443
USUAL_PORT = 4200
_LOW_MEMORY, _LOW_DISK = 1 << 30, 2 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing."""

    state: State
    version: str = ""
    detail: str = ""


def version_of(text: str) -> Version:
    """Read the first version number in ``text``; empty when there is none."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part) for part in found.groups() if part) if found else ()


def judge(version: Version, oldest: Version, bad: tuple[Version, Version] | None = None) -> State:
    """Judge a version: inside ``bad`` (both ends included), older than ``oldest``, or fine."""
    if bad and bad[0] <= version <= bad[1]:
        return "bad"
    return "old" if version < oldest else "ok"


def program(name: str, oldest: Version = (), *, others: tuple[str, ...] = ()) -> Finding:
    """Look for a program under its names, and ask its version; one that states none is broken."""
    found = next((n for n in (name, *others) if command.find_program(n)), None)
    if found is None:
        return Finding("missing")
    try:
        evidence = identity.describe(found)
    except ToolError as error:
        return Finding("broken", detail=error.what)
    version = version_of(evidence.version)
    state = judge(version, oldest) if version else "broken"
    return Finding(state, evidence.version, str(evidence.path))


def _ask(name: str, *args: str) -> str | None:
    """Return the first line a program answers with; None when it refuses or is not there."""
    try:
        done = command.run(name, *args, timeout=_TIMEOUT)
    except ToolError:
        return None
    return next(iter(done.stdout.decode(errors="replace").strip().splitlines()), "")


def _docker() -> Finding:
    """Ask the engine that the user's own `docker` would talk to; else the one of our own."""
    answer = _ask("docker", "version", "--format", "{{.Server.Version}}")
    where = os.environ.get("DOCKER_HOST", "")
    if not answer and not where and answers(Installed().socket):
        return Finding("ok", detail=Installed().url)
    if command.find_program("docker") is None:
        return Finding("missing")
    return Finding("ok", answer, where) if answer else Finding("broken", detail=where)


def _compose() -> Finding:
    """The plugin of the user's Docker first, then a program of its own that is not version 1."""
    ours = str(Path(sys.executable).parent / "docker-compose")  # from a wheel
    for call in (("docker", "compose"), ("docker-compose",), (ours,)):
        answer = _ask(*call, "version", "--short")
        if answer and version_of(answer) >= (2,):
            return Finding(judge(version_of(answer), _COMPOSE_OLDEST), answer, " ".join(call))
    return Finding("missing")


def _compose_v1() -> Finding | None:
    answer = _ask("docker-compose", "version", "--short") or ""
    dead = version_of(answer)[:1] == (1,)
    return Finding("dead", answer) if dead else None


def _cluster() -> Finding:
    """Ask for the cluster only where one is configured: a default address is not consent."""
    configured = os.environ.get("KUBECONFIG") or Path("~/.kube/config").expanduser().exists()
    if not configured:
        return Finding("missing")
    question = ("get", "--raw", "/version", "--request-timeout=5s")
    try:
        answer = command.run("kubectl", *question, timeout=_TIMEOUT).stdout.decode()
    except ToolError as error:
        return Finding("broken", detail=error.what.splitlines()[0])
    version = re.search(r'"gitVersion":\s*"([^"]+)"', answer)
    return Finding("ok", version[1] if version else "")


def _trivy() -> Finding:
    found = program("trivy")
    if found.state != "ok":
        return found
    state = judge(version_of(found.version), _TRIVY_OLDEST, TRIVY_BAD)
    return Finding(state, found.version, found.detail)


def _feed(name: str, file: str) -> Finding:
    """Look at a database of Trivy: is it there, and was it made lately."""
    home = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
    told = os.environ.get("TRIVY_CACHE_DIR")
    folder = (Path(told) if told else home / "trivy") / name
    if not (folder / file).exists():
        return Finding("missing", detail=str(folder))
    try:
        written = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["UpdatedAt"]
        made = dt.datetime.fromisoformat(written[:19]).replace(tzinfo=dt.UTC)
    except (OSError, ValueError, KeyError, TypeError):
        return Finding("broken", detail=str(folder))
    old = dt.datetime.now(tz=dt.UTC) - made > _FEED_AGE
    return Finding("old" if old else "ok", made.date().isoformat(), str(folder))


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(judge(version_of(version), (3, 11)), version, sys.executable)


def _amount(amount: host.Amount, low: int) -> Finding:
    free = f"{amount.free / (1 << 30):.1f} GiB / {amount.total / (1 << 30):.1f} GiB"
    return Finding("low" if amount.free < low else "ok", detail=free)


def _port() -> Finding:
    holder = host.port_holder(USUAL_PORT)
    return Finding("ok") if holder is None else Finding("taken", detail=holder)


def _dns() -> Finding:
    return Finding("ok" if host.resolves(_REGISTRY) else "broken", detail=_REGISTRY)


def _network() -> Finding:
    """Ask whether a registry, or the proxy that leads there, takes connections."""
    proxy = urlsplit(os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or "")
    try:
        address = (proxy.hostname or _REGISTRY, proxy.port or _HTTPS)
    except ValueError:  # its port is no number
        return Finding("broken", detail="HTTPS_PROXY")
    detail = f"{address[0]}:{address[1]}"
    return Finding("ok" if host.connects(*address) else "broken", detail=detail)


def _state_disk() -> Finding:
    """Look at the disk that our state is on: the checkout's, unless it was moved."""
    told = os.environ.get("CMI_STATE")
    return _amount(host.disk(Path(told) if told else Path(__file__).parents[2]), _LOW_DISK)


# One line a thing; its texts are in knowledge/doctor.yaml under the same name.
PROBES: Mapping[str, Callable[[], Finding | None]] = {
    "python": _python,
    "git": partial(program, "git"),
    "docker": _docker,
    "compose": _compose,
    "compose-v1": _compose_v1,
    "kubectl": partial(program, "kubectl", _KUBECTL_OLDEST),
    "cluster": _cluster,
    "kind": partial(program, "kind"),
    "helm": partial(program, "helm", (3,)),
    "trivy": _trivy,
    "trivy-feed": partial(_feed, "db", "trivy.db"),
    "trivy-java-feed": partial(_feed, "java-db", "trivy-java.db"),
    "runc": partial(program, "runc"),
    "crun": partial(program, "crun"),
    "runsc": partial(program, "runsc"),
    "kata": partial(program, "kata-runtime", others=("containerd-shim-kata-v2",)),
    "node": partial(program, "node"),
    "npm": partial(program, "npm"),
    "go": partial(program, "go"),
    "memory": lambda: _amount(host.memory(), _LOW_MEMORY),
    "disk": _state_disk,
    "port": _port,
    "dns": _dns,
    "network": _network,
}
