"""Docker Compose as the judge: what its `config` says, and what ours says, in one shape."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.domain.platform.compose.quantities import seconds
from tasks.domain.platform.compose.reader import platform_of
from tasks.domain.platform.compose.resolve import resolve
from tasks.domain.platform.compose.tree import Leaf, Table
from tasks.domain.platform.containers import Container, HealthProbe
from tasks.domain.platform.model import Entry, EntryKind, Service
from tasks.domain.platform.sources import Source

LIMIT_SECONDS = 30


@dataclass(frozen=True)
class Verdict:
    """Services by name, or the error."""

    services: dict[str, Any]
    error: str = ""


def program() -> str | None:
    """Find Docker Compose v5 beside the interpreter or on the path."""
    beside = Path(sys.executable).parent / "docker-compose"
    return str(beside) if beside.exists() else shutil.which("docker-compose")


def docker_says(
    compose: str, root: Path, paths: tuple[str, ...], profiles: tuple[str, ...] = ()
) -> Verdict:
    """Run `config` in a private copy with an empty environment; SIGKILL at the limit."""
    files = [word for path in paths for word in ("-f", path)]
    chosen = [word for profile in profiles for word in ("--profile", profile)]
    done = subprocess.run(
        [compose, *files, *chosen, "config", "--format", "json"],
        cwd=root,
        env={},
        capture_output=True,
        timeout=LIMIT_SECONDS,
        check=False,
        text=True,
    )
    if done.returncode:
        return Verdict({}, done.stderr.strip().splitlines()[-1])
    model = json.loads(done.stdout)
    return Verdict({k: _docker_service(v, root) for k, v in model["services"].items()})


def we_say(root: Path, paths: tuple[str, ...], profiles: tuple[str, ...] = ()) -> Verdict:
    """Resolve the same files by ourselves."""
    files = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    entry = Entry("compose", EntryKind.COMPOSE, paths)
    resolved = resolve(Source(root.name, files), entry, profiles)
    platform = platform_of(entry, resolved)
    if resolved.error is not None:
        return Verdict({}, resolved.error)
    return Verdict(
        {
            s.name: _our_service(s, resolved.services[s.name], root)
            for s in platform.services
            if s.name in resolved.active
        }
    )


def agreed_error(root: Path, *paths: str) -> str:
    """Give our reason to refuse, nothing for none; Docker Compose agrees, where it is here."""
    ours = we_say(root, paths).error
    if (compose := program()) is not None:
        theirs = docker_says(compose, root, paths).error
        assert bool(theirs) == bool(ours), (theirs, ours)
    return ours


def _relative(path: str, root: Path) -> str:
    for base in (root, root.parent):
        if path == str(base) or path.startswith(f"{base}/"):
            rest = path.removeprefix(str(base)).lstrip("/") or "."
            return rest if base == root else f"../{rest}"
    return path


def _docker_service(service: dict[str, Any], root: Path) -> dict[str, Any]:
    build = service.get("build")
    limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
    return {
        "image": service.get("image", ""),
        "build": build and (_relative(build.get("context", ""), root), build.get("target", "")),
        "ports": sorted(
            (
                (p["target"], _published(p), p.get("host_ip", ""), p["protocol"])
                for p in service.get("ports", ())
            ),
            key=repr,
        ),
        "names": sorted(service.get("environment") or ()),
        "values": {
            k: v.replace("$$", "$") for k, v in (service.get("environment") or {}).items() if v
        },
        "depends_on": {
            k: (v["condition"], v["required"]) for k, v in service.get("depends_on", {}).items()
        },
        "volumes": sorted(
            (
                v["type"],
                _relative(v.get("source", ""), root),
                v["target"],
                v.get("read_only", False),
            )
            for v in service.get("volumes", ())
        ),
        "tmpfs": sorted(t.partition(":")[0] for t in service.get("tmpfs", ())),
        "grants": sorted(
            (kind, g["source"], g.get("target", f"/{g['source']}"))
            for kind in ("secret", "config")
            for g in service.get(f"{kind}s", ())
        ),
        "networks": sorted(service.get("networks", ())),
        "restart": service.get("restart", ""),
        "health": _docker_health(service.get("healthcheck")),
        "capabilities": (sorted(service.get("cap_add", ())), sorted(service.get("cap_drop", ()))),
        "user": service.get("user", ""),
        "read_only": service.get("read_only", False),
        "privileged": service.get("privileged", False),
        "profiles": sorted(service.get("profiles", ())),
        "host": tuple(service.get(k) == "host" for k in ("network_mode", "pid", "ipc")),
        "memory": int(limits.get("memory") or service.get("mem_limit") or 0),
        "cpus": float(limits.get("cpus") or service.get("cpus") or 0),
        "replicas": service.get("deploy", {}).get("replicas", service.get("scale")),
        "expose": len(service.get("expose", ())),
    }


def _published(port: dict[str, Any]) -> int | None:
    text = port.get("published")
    return int(text) if text and text.isdecimal() else None


def _docker_health(check: dict[str, Any] | None) -> Any:
    if check is None:
        return None
    disabled = check.get("disable", False) or check.get("test", [])[:1] == ["NONE"]
    keys = ("interval", "timeout", "start_period", "start_interval")
    spans = tuple(seconds(check[k]) if k in check else None for k in keys)
    return (disabled, *spans, check.get("retries"))


def _our_service(service: Service, tree: Table, root: Path) -> dict[str, Any]:
    box = service.containers[0]
    build, apart = box.build, box.isolation
    networks = [n.value for n in service.networks]
    if not networks and "network_mode" not in tree.items:
        networks = ["default"]
    return {
        "image": box.image.value if box.image else "",
        "build": build and (build.context, build.target),
        "ports": sorted(
            (
                (p.container, None if p.host == -1 else p.host, p.host_ip, p.protocol)
                for p in box.ports
                if p.host is not None
            ),
            key=repr,
        ),
        "names": sorted(v.name for v in box.environment),
        "values": _our_values(tree),
        "depends_on": {d.target: (d.condition, d.required) for d in service.depends_on},
        "volumes": sorted(
            (m.kind, _relative(m.source, root), m.target, m.read_only)
            for m in box.mounts
            if ".volumes[" in m.path
        ),
        "tmpfs": sorted(m.target for m in box.mounts if m.kind == "tmpfs" and ".tmpfs[" in m.path),
        "grants": sorted(
            (m.kind, m.source, m.target) for m in box.mounts if m.kind in {"secret", "config"}
        ),
        "networks": sorted(networks),
        "restart": service.restart.value if service.restart else "",
        "health": _our_health(box.probes[0]) if box.probes else None,
        "capabilities": (
            sorted(c.value for c in apart.capabilities_added),
            sorted(c.value for c in apart.capabilities_dropped),
        ),
        "user": apart.user.value if apart.user else "",
        "read_only": apart.read_only_root.value if apart.read_only_root else False,
        "privileged": apart.privileged.value if apart.privileged else False,
        "profiles": sorted(service.profiles),
        "host": tuple(
            bool(s and s.value) for s in (service.host_network, service.host_pid, service.host_ipc)
        ),
        "memory": box.resources.memory_limit.value if box.resources.memory_limit else 0,
        "cpus": box.resources.cpu_limit.value if box.resources.cpu_limit else 0,
        "replicas": service.replicas.value if service.replicas else None,
        "expose": _exposed(box),
    }


def _exposed(box: Container) -> int:
    return len({p.path for p in box.ports if p.host is None})


def _our_health(probe: HealthProbe) -> Any:
    spans = (probe.interval, probe.timeout, probe.start_period, probe.start_interval)
    return (probe.disabled, *spans, probe.retries)


def _our_values(tree: Table) -> dict[str, str]:
    written = tree.items.get("environment")
    leaves = written.items if isinstance(written, Table) else {}
    return {k: v.text for k, v in leaves.items() if isinstance(v, Leaf) and v.value is not None}


def differences(docker: Verdict, ours: Verdict) -> list[str]:
    """Name what differs; a value that stands in a file of variables is not ours to compare."""
    if bool(docker.error) != bool(ours.error):
        return [f"error: docker {docker.error!r}, ours {ours.error!r}"]
    found = []
    if docker.services.keys() != ours.services.keys():
        return [f"services: docker {sorted(docker.services)}, ours {sorted(ours.services)}"]
    for name, theirs in docker.services.items():
        mine = ours.services[name]
        for key, told in theirs.items():
            got, value = mine[key], told
            if key == "values":
                value = {k: v for k, v in told.items() if k in got}
                got = {k: v for k, v in got.items() if v}
            if got != value:
                found.append(f"{name}.{key}: docker {value!r}, ours {got!r}")
    return found


def services_of(verdict: Verdict) -> dict[str, Any]:
    """Give the services without what a published file has lost: values, and where paths lie."""
    lost = {"values", "names"}
    return {
        name: {k: v for k, v in service.items() if k not in lost}
        for name, service in verdict.services.items()
    }
