"""Changes of what a process may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.insertions import merged
from tasks.domain.platform.nodes import Sequence
from tasks.domain.security.candidates import compose, kubernetes
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.security.candidates.lists import appended
from tasks.domain.security.checks.stores import keeps_data

if TYPE_CHECKING:
    from tasks.domain.candidates import Edit
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.platform.containers import Container
    from tasks.domain.platform.model import Service
    from tasks.domain.security.candidates.ground import Ground

# What the start scripts of images that begin as root commonly use: change owners, bind a
# low port, switch to another user.
KEPT = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "NET_BIND_SERVICE", "SETGID", "SETUID")
# Folders that programs expect to write to whatever else they do.
SCRATCH = ("/tmp", "/run")  # noqa: S108  # paths inside a container
# Room for sockets, process ids and uploads; without a limit it is half of the host's memory.
SCRATCH_SIZE = "64m"
# Further folders without which an image's program does not start, by trials of each.
_ALSO_SCRATCH = {
    "nginx": ("/var/cache/nginx", "/var/lib/nginx", "/var/log/nginx", "/var/run"),
    "postgres": ("/var/run/postgresql",),
}
_WRITING = frozenset({"rabbitmq"})
# The user that owns nothing, in each usual base image.
NOBODY = 65534
_ROOT_FIRST = """
    apache caddy cadvisor consul docker fluentd haproxy httpd jenkins memcached nginx
    node-exporter php portainer redis registry traefik vault wordpress
"""
_STARTS_AS_ROOT = frozenset(_ROOT_FIRST.split())
_FREE_PORTS = 1024


def no_new_privileges(ground: Ground, finding: Finding) -> Proposal:
    """Forbid set-user-id programs to gain what their caller lacks."""
    if ground.compose:
        edits = compose.add_item(
            ground,
            finding,
            "security_opt",
            "no-new-privileges:true",
            instead_of="no-new-privileges",
        )
    else:
        root = kubernetes.container_root(ground, finding)
        edits = kubernetes.put_fields(
            root, {("securityContext", "allowPrivilegeEscalation"): False}
        )
    return Proposal((finding.id,), edits)


def unprivileged(ground: Ground, finding: Finding) -> Proposal:
    """Take the host's root away: ``privileged: false`` where the winning value is."""
    if ground.compose:
        edits = compose.put_fields(ground, finding, {("privileged",): False})
    else:
        root = kubernetes.container_root(ground, finding)
        edits = kubernetes.put_fields(root, {("securityContext", "privileged"): False})
    return Proposal((finding.id,), edits)


def drop_capabilities(ground: Ground, finding: Finding) -> Proposal:
    """Drop all capabilities; one that runs as root keeps what start scripts commonly use."""
    container = ground.part(finding).container
    added = _added(container)
    facts = {"kept": ", ".join(sorted({*added, *_names(container)})) or "none"}
    if ground.compose:
        edits = [*compose.add_item(ground, finding, "cap_drop", "ALL")]
        if added:
            edits += _added_in_compose(ground, finding, added)
        return Proposal((finding.id,), tuple(merged(edits)), facts)
    return Proposal((finding.id,), _dropped_in_pod(ground, finding, added), facts)


def _dropped_in_pod(ground: Ground, finding: Finding, added: tuple[str, ...]) -> tuple[Edit, ...]:
    root = kubernetes.container_root(ground, finding)
    wanted = {"drop": ("ALL",)} | ({"add": added} if added else {})
    edits: list[Edit] = []
    for key, names in wanted.items():
        path = ("securityContext", "capabilities", key)
        written = kubernetes.below(root.node, *path)
        if isinstance(written, Sequence):
            edits += appended(root.written, written, names)
        else:
            edits += kubernetes.put_fields(root, {path: list(names)})
    return tuple(merged(edits))


def _added_in_compose(ground: Ground, finding: Finding, added: tuple[str, ...]) -> tuple[Edit, ...]:
    roots = compose.roots(ground, finding.subject)
    found = [(root, each) for root in roots if (each := compose.items(root, "cap_add"))]
    if not found:
        return compose.put_fields(ground, finding, {("cap_add",): list(added)})
    root, sequence = found[-1]
    return appended(root.written, sequence, added)


def _added(container: Container) -> tuple[str, ...]:
    """List what must be added back, without what is written already as added or dropped."""
    user = container.isolation.user
    other_user = user is not None and user.value.split(":")[0] not in {"", "0", "root"}
    non_root = container.isolation.run_as_non_root
    if other_user or (non_root is not None and non_root.value):
        return ()  # the kernel gives a process of another user no capability anyway
    written = {*_names(container), *_names(container, dropped=True)}
    return tuple(name for name in KEPT if name not in written and "ALL" not in written)


def _names(container: Container, *, dropped: bool = False) -> list[str]:
    isolation = container.isolation
    listed = isolation.capabilities_dropped if dropped else isolation.capabilities_added
    return [each.value.upper().removeprefix("CAP_") for each in listed]


def read_only_root(ground: Ground, finding: Finding) -> Proposal:
    """Make the image's files read-only, with room for scratch files."""
    container = ground.part(finding).container
    name = image_name(container)
    if name in _WRITING:
        msg = f"{name} writes to its own files while it starts"
        raise NotOfferedError(msg)
    mounted = {mount.target.rstrip("/") for mount in container.mounts}
    folders = (*(SCRATCH if ground.compose else SCRATCH[:1]), *_ALSO_SCRATCH.get(name, ()))
    missing = [folder for folder in folders if folder not in mounted]
    if not ground.compose:
        return Proposal((finding.id,), _read_only_in_pod(ground, finding, missing))
    edits = [*compose.put_fields(ground, finding, {("read_only",): True})]
    for folder in missing:
        edits += compose.add_item(ground, finding, "tmpfs", f"{folder}:size={SCRATCH_SIZE}")
    return Proposal((finding.id,), tuple(merged(edits)))


def _read_only_in_pod(ground: Ground, finding: Finding, folders: list[str]) -> tuple[Edit, ...]:
    part = ground.part(finding)
    root = kubernetes.container_root(ground, finding)
    pod = kubernetes.pod_root(ground, part.service)
    edits = [*kubernetes.put_fields(root, {("securityContext", "readOnlyRootFilesystem"): True})]
    for folder in folders:
        name = f"{part.container.name}-{folder.strip('/').replace('/', '-')}"[-63:].strip("-")
        mount: Tree = {"name": name, "mountPath": folder}
        edits += kubernetes.add_item(root, "volumeMounts", mount)
        edits += kubernetes.add_item(pod, "volumes", {"name": name, "emptyDir": {}})
    return tuple(merged(edits))


def image_name(container: Container) -> str:
    """Give the last word of an image's name, without registry, tag and digest."""
    image = container.image.value if container.image else container.image_as_written
    return image.rpartition("/")[2].partition("@")[0].partition(":")[0].lower()


def other_user(ground: Ground, finding: Finding) -> Proposal:
    """Run as nobody, where nothing shows that root is needed."""
    if finding.facts.get("case") == "explicit":
        msg = "root is asked for in the file, so somebody wants it"
        raise NotOfferedError(msg)
    part = ground.part(finding)
    reason = _needs_root(ground, part.container, part.service)
    if reason:
        raise NotOfferedError(reason)
    if ground.compose:
        edits = compose.put_fields(ground, finding, {("user",): f"{NOBODY}:{NOBODY}"})
    else:
        leaves: dict[tuple[str, ...], Tree] = {
            ("securityContext", "runAsNonRoot"): True,
            ("securityContext", "runAsUser"): NOBODY,
        }
        edits = kubernetes.put_fields(kubernetes.container_root(ground, finding), leaves)
    return Proposal((finding.id,), edits, {"user": str(NOBODY)})


def _needs_root(ground: Ground, container: Container, service: Service) -> str:
    """Say what shows that a container needs root: its image, files, rights or ports."""
    name = image_name(container)
    isolation = container.isolation
    privileged = isolation.privileged is not None and isolation.privileged.value
    if name in _STARTS_AS_ROOT or keeps_data(ground.platform, container):
        return f"{name} starts as root to prepare its files, and changes its user then"
    if privileged or isolation.capabilities_added or isolation.devices:
        return "it is given rights that only root can use"
    writes = {"claim", "bind", "volume"} if ground.compose else {"claim", "bind"}
    if any(mount.kind in writes and not mount.read_only for mount in container.mounts):
        return "it writes to files that belong to root"
    host = any(each and each.value for each in (service.host_network, service.host_pid))
    if host or (not ground.compose and any(0 < p.container < _FREE_PORTS for p in container.ports)):
        return "it uses the network as only root may"
    return ""
