"""What a process in a container may do: user, capabilities, escalation, its own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit, Severity
from tasks.domain.security.checks.built import final_stage
from tasks.domain.security.checks.parts import Part, parts, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.containers import Container, Sited
    from tasks.domain.platform.model import Platform
    from tasks.domain.platform.nodes import Place

# Docker's and containerd's default set: what a container has when nothing is written.
_USUAL = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "NET_RAW",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
_OWN_IDS = 10_000  # below it systems create accounts for their services and people
# With one of these a process can leave its container.
_ESCAPING = frozenset(
    {
        "ALL",
        "BPF",
        "DAC_READ_SEARCH",
        "SYS_ADMIN",
        "SYS_BOOT",
        "SYS_MODULE",
        "SYS_PTRACE",
        "SYS_RAWIO",
    }
)


def privileged(platform: Platform) -> Iterator[Hit]:
    """Find containers that are root on the host in all but name."""
    for part in parts(platform):
        written = part.container.isolation.privileged
        if written is not None and written.value:
            yield Hit(part.subject, written.place, written.path)


def runs_as_root(platform: Platform) -> Iterator[Hit]:
    """Find containers that run as root, or that nothing keeps from it.

    A user in the image's own Dockerfile counts. An image that we cannot look
    into does not: it may change under its name.
    """
    for part in parts(platform):
        isolation = part.container.isolation
        user = isolation.user
        if user and user.value:
            if _is_root(user.value):
                facts = {"case": "explicit", "user": user.value}
                yield Hit(part.subject, user.place, user.path, facts, Severity.HIGH)
        elif not _true(isolation.run_as_non_root):
            yield from _root_by_image(platform, part)


def user_of_host(platform: Platform) -> Iterator[Hit]:
    """Find, once a platform, user ids that people and services of the host may have, too.

    Who shares a folder with the host on purpose needs an id of the host; who has
    user ids of its own cannot meet one.
    """
    services = {
        part.service.name: part.service
        for part in parts(platform)
        if _low(part.container.isolation.user) and not _meets_host(part)
    }
    count = len(platform.services)
    yield from whole(tuple(services.values()), count, "user")


def writable_root(platform: Platform) -> Iterator[Hit]:
    """Find containers whose image files can be changed while they run."""
    for part in parts(platform):
        if not _true(part.container.isolation.read_only_root):
            yield Hit(part.subject, *_where(part, part.container.isolation.read_only_root))


def capabilities_kept(platform: Platform) -> Iterator[Hit]:
    """Find containers that keep the runtime's default capabilities."""
    for part in parts(platform):
        dropped = part.container.isolation.capabilities_dropped
        if not _privileged(part.container) and "ALL" not in map(_capability, dropped):
            yield Hit(part.subject, *_where(part, dropped[0] if dropped else None))


def capability_added(platform: Platform) -> Iterator[Hit]:
    """Find capabilities beyond the runtime's default set."""
    for part in parts(platform):
        if _privileged(part.container):
            continue
        for added in part.container.isolation.capabilities_added:
            name = _capability(added)
            if name not in _USUAL:
                worse = Severity.CRITICAL if name in _ESCAPING else None
                facts = {"capability": name}
                yield Hit(part.subject, added.place, added.path, facts, worse)


def escalation_allowed(platform: Platform) -> Iterator[Hit]:
    """Find containers in which a set-user-id program gains what its caller lacks.

    The kernel's flag is meaningless in a privileged container, which is a
    finding of its own.
    """
    for part in parts(platform):
        written = part.container.isolation.escalation
        if not _privileged(part.container) and (written is None or written.value):
            yield Hit(part.subject, *_where(part, written))


def _where(part: Part, written: Sited[str] | Sited[bool] | None) -> tuple[Place, str]:
    """Point at what is written, or at the container when nothing is."""
    if written is None:
        return part.container.place, part.container.path
    return written.place, written.path


def _root_by_image(platform: Platform, part: Part) -> Iterator[Hit]:
    """Judge by the image's own Dockerfile, when it is known."""
    stage = final_stage(platform, part.container)
    user = stage.user.value if stage and stage.user else ""
    if user and not _is_root(user):
        return
    facts = {}
    if stage is not None:
        facts = {"case": "image", "dockerfile": stage.place.file}
    yield Hit(part.subject, part.container.place, part.container.path, facts)


def _low(user: Sited[str] | None) -> bool:
    number = user.value.partition(":")[0] if user else ""
    return number.isdecimal() and 0 < int(number) < _OWN_IDS


def _meets_host(part: Part) -> bool:
    users = part.service.host_users
    apart = users is not None and not users.value
    shares = any(m.kind == "bind" and not m.read_only for m in part.container.mounts)
    return apart or shares


def _is_root(user: str) -> bool:
    return user.split(":", 1)[0] in {"0", "root"}


def _capability(written: Sited[str]) -> str:
    return written.value.upper().removeprefix("CAP_")


def _privileged(container: Container) -> bool:
    return _true(container.isolation.privileged)


def _true(written: Sited[bool] | None) -> bool:
    return written is not None and written.value
