"""Changes that let the runtime know when a service is ready."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit
from tasks.domain.emitting import flow
from tasks.domain.insertions import merged
from tasks.domain.platform.nodes import Scalar, Sequence
from tasks.domain.security.candidates import compose, kubernetes, start
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.security.candidates.setting import find
from tasks.domain.security.checks.images import full_name, tag_of
from tasks.domain.security.checks.stores import keeps_data

if TYPE_CHECKING:
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.platform.containers import Container
    from tasks.domain.platform.nodes import Node
    from tasks.domain.security.candidates.ground import Ground
    from tasks.domain.security.checks.parts import Part

# How to ask a store over the network, by what its image is called or has installed.
_HONEST: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (
        re.compile(r"postgres|postgis|timescale"),
        ("CMD-SHELL", "pg_isready -q -h 127.0.0.1 -U $${POSTGRES_USER:-postgres}"),
    ),
    (re.compile(r"mysql|mariadb|percona"), ("CMD", "mysqladmin", "ping", "-h", "127.0.0.1")),
    (
        re.compile(r"rabbitmq"),
        (
            "CMD",
            "bash",
            "-c",
            (
                "exec 3<>/dev/tcp/127.0.0.1/5672; printf 'AMQP\\x00\\x00\\x09\\x01' >&3;"
                " read -t2 -N1 answer <&3"
            ),
        ),
    ),
)
# A path that is repeated in a patch must be a name, not somebody's text.
_PATH = re.compile(r"/[A-Za-z0-9_./-]{0,60}")
_PORT = re.compile(r"[0-9]{1,5}|[a-z][a-z0-9-]{0,14}")
_RANDOM = re.compile(r"[A-Za-z0-9]{20,}")
# Half a minute without an answer is hung; a start may take five minutes.
_HUNG: dict[str, Tree] = {"periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3}
_STARTING: dict[str, Tree] = {"periodSeconds": 5, "failureThreshold": 60}
_TIMES = ("periodSeconds", "timeoutSeconds")
_STARTED = "service_started"
_OFFICIAL = "docker.io/library/"
# While their first start fills the store, these images listen on a socket only: asking by the
# address tells the truth.
_HERE = "127.0.0.1"
_MONGOSH, _MARIADB_ADMIN, _DIAGNOSTICS = (6,), (11,), (3, 8)  # first versions with these programs
_PATIENCE: dict[str, Tree] = {
    "interval": "10s",
    "timeout": "5s",
    "retries": 6,
    "start_period": "60s",
    "start_interval": "2s",
}


def ready(ground: Ground, finding: Finding) -> Proposal:
    """Say when a service is ready, by what the files already say of it."""
    if ground.compose:
        return _in_compose(ground, finding)
    root = kubernetes.container_root(ground, finding)
    container = ground.part(finding).container
    probe = _as_liveness(root.node) or _port_open(container)
    edits = kubernetes.put_fields(root, {("readinessProbe",): probe})
    return Proposal((finding.id,), edits)


def restart(ground: Ground, finding: Finding) -> Proposal:
    """Restart a process that takes no more connections, once it has taken one.

    Only the port is asked for: what a readiness probe asks may depend on other
    services, and a restart mends none of those.
    """
    root = kubernetes.container_root(ground, finding)
    asks: dict[str, Tree] = {"tcpSocket": {"port": _own_port(root.node, ground.part(finding))}}
    leaves: dict[tuple[str, ...], Tree] = {("livenessProbe",): {**asks, **_HUNG}}
    if kubernetes.below(root.node, "startupProbe") is None:
        leaves[("startupProbe",)] = {**asks, **_STARTING}
    return Proposal((finding.id,), kubernetes.put_fields(root, leaves))


def _own_port(node: Node, part: Part) -> Tree:
    """Give the port that requests come to: the readiness probe's, else the only one."""
    for way in ("httpGet", "tcpSocket", "grpc"):
        port = kubernetes.value(node, "readinessProbe", way, "port")
        if _PORT.fullmatch(port):
            return _number(port)
    asked = _port_open(part.container)["tcpSocket"]
    return asked["port"] if isinstance(asked, dict) else asked


def honest(ground: Ground, finding: Finding) -> Proposal:
    """Ask a store what its clients ask: over the network, and cheaply."""
    container = ground.part(finding).container
    image = container.image.value if container.image else ""
    known = f"{image} {keeps_data(ground.platform, container)}"
    found = next((test for pattern, test in _HONEST if pattern.search(known)), None)
    if found is None:
        msg = "nothing here says how to ask this service over the network"
        raise NotOfferedError(msg)
    may_change = compose.changeable(ground, finding.subject, ground.same(finding))
    for root in reversed(compose.roots(ground, finding.subject)):  # the last file's value wins
        check = find(root.node, "healthcheck")
        test = find(check.value, "test") if check else None
        if test is None:
            continue
        on_a_line = isinstance(test.value, Scalar) or (
            isinstance(test.value, Sequence) and test.value.flow
        )
        if not on_a_line or not may_change(test.value):
            msg = "its test is written over several lines, or shared with others"
            raise NotOfferedError(msg)
        edit = Edit(root.written.file, test.value.span, flow(list(found)))
        return Proposal((finding.id,), (edit,))
    msg = "the health check is the image's own, and is not written here"
    raise NotOfferedError(msg)


def _as_liveness(container: Node) -> dict[str, Tree] | None:
    """Ask what the liveness probe asks; a pod that is not alive is not ready either."""
    probe = kubernetes.below(container, "livenessProbe")
    if probe is None:
        return None
    way = kubernetes.below(probe, "httpGet")
    simple = way is not None and kubernetes.below(way, "httpHeaders") is None
    tree: dict[str, Tree] = {}
    port = kubernetes.value(probe, "httpGet", "port") or kubernetes.value(
        probe, "tcpSocket", "port"
    )
    path = kubernetes.value(probe, "httpGet", "path") or "/"
    if simple and _PATH.fullmatch(path) and not _RANDOM.search(path):
        scheme = kubernetes.value(probe, "httpGet", "scheme")
        upper: dict[str, Tree] = {"scheme": "HTTPS"} if scheme == "HTTPS" else {}
        tree["httpGet"] = {"path": path, "port": _number(port), **upper}
    elif kubernetes.below(probe, "tcpSocket"):
        tree["tcpSocket"] = {"port": _number(port)}
    if not tree or not _PORT.fullmatch(port):
        msg = "its liveness probe asks in a way that we do not repeat"
        raise NotOfferedError(msg)
    times = {key: kubernetes.value(probe, key) for key in _TIMES}
    return tree | {key: int(text) for key, text in times.items() if text.isdecimal()}


def _number(port: str) -> Tree:
    return int(port) if port.isdecimal() else port


def _port_open(container: Container) -> dict[str, Tree]:
    ports = [each.container for each in container.ports if each.protocol == "tcp"]
    if len(ports) != 1 or not ports[0]:
        msg = f"{len(ports)} ports are written, and nothing says which one tells that it is ready"
        raise NotOfferedError(msg)
    return {"tcpSocket": {"port": ports[0]}}


def _in_compose(ground: Ground, finding: Finding) -> Proposal:
    """Ask a store by the program that its image brings for that; let dependents wait for it."""
    test = _question(ground.part(finding).container)
    leaves: dict[tuple[str, ...], Tree] = {("healthcheck", "test"): ["CMD", *test]}
    leaves |= {("healthcheck", key): each for key, each in _PATIENCE.items()}
    edits = [*compose.put_fields(ground, finding, leaves)]
    for name in ground.once(_waiting).get(finding.subject, ()):
        edits += start.conditions(ground, name, {finding.subject})
    files = dict.fromkeys(each.file for each in edits)
    whole = [e for file in files for e in merged(each for each in edits if each.file == file)]
    return Proposal((finding.id,), tuple(whole))


def _waiting(ground: Ground) -> dict[str, tuple[str, ...]]:
    """Name by service those that wait for its start alone, in the order of the platform."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for service in ground.platform.services:
        for each in service.depends_on:
            if each.kind == "depends_on" and each.condition == _STARTED:
                found[each.target][service.name] = None
    return {target: tuple(names) for target, names in found.items()}


def _question(container: Container) -> list[Tree]:
    image = container.image.value if container.image else ""
    name = full_name(image) if image and container.build is None else ""
    store = name.removeprefix(_OFFICIAL) if name.startswith(_OFFICIAL) else ""
    version = tuple(int(part) for part in re.findall(r"\d+", tag_of(image).partition("-")[0])[:2])
    known: dict[str, list[Tree]] = {
        "mariadb": [
            _newer("mariadb-admin", "mysqladmin", version, _MARIADB_ADMIN),
            "ping",
            "-h",
            _HERE,
        ],
        "mongo": [
            _newer("mongosh", "mongo", version, _MONGOSH),
            "--quiet",
            "--eval",
            "db.adminCommand('ping')",
        ],
        "mysql": ["mysqladmin", "ping", "-h", _HERE],
        "postgres": ["pg_isready", "-h", _HERE, "-U", "postgres"],
        "rabbitmq": ["rabbitmq-diagnostics", "-q", "ping"]
        if not version[1:] or version >= _DIAGNOSTICS
        else ["rabbitmqctl", "status"],
        "redis": ["redis-cli", "ping"],
    }
    if store not in known:
        msg = "nothing here says how to ask this service whether it is ready"
        raise NotOfferedError(msg)
    return known[store]


def _newer(new: str, old: str, version: tuple[int, ...], since: tuple[int, ...]) -> str:
    return old if version and version < since else new
