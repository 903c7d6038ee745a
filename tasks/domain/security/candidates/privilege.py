"""Changes of what a process may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.insertions import merged
from tasks.domain.platform.nodes import Sequence
from tasks.domain.security.candidates import compose, kubernetes
from tasks.domain.security.candidates.ground import Proposal
from tasks.domain.security.candidates.lists import appended

if TYPE_CHECKING:
    from tasks.domain.candidates import Edit
    from tasks.domain.findings import Finding
    from tasks.domain.platform.containers import Container
    from tasks.domain.security.candidates.ground import Ground

# What the start scripts of images that begin as root commonly use: change owners, bind a
# low port, switch to another user.
KEPT = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "NET_BIND_SERVICE", "SETGID", "SETUID")
# Folders that programs expect to write to whatever else they do.
SCRATCH = ("/tmp", "/run")  # noqa: S108  # paths inside a container
# Room for sockets, process ids and uploads; without a limit it is half of the host's memory.
SCRATCH_SIZE = "64m"


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
    """Make the image's files read-only in a Compose service, with scratch folders in memory."""
    mounted = {mount.target.rstrip("/") for mount in ground.part(finding).container.mounts}
    edits = [*compose.put_fields(ground, finding, {("read_only",): True})]
    for folder in SCRATCH:
        if folder not in mounted:
            edits += compose.add_item(ground, finding, "tmpfs", f"{folder}:size={SCRATCH_SIZE}")
    return Proposal((finding.id,), tuple(merged(edits)))
