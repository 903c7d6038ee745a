"""Changes of how services come back, end, and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.edits import NotEditableError, remove_pair, set_scalar
from tasks.domain.platform.nodes import Mapping, Scalar, Sequence, target
from tasks.domain.security.candidates import compose, dockerfiles, kubernetes
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.security.candidates.setting import find, text_of
from tasks.domain.security.checks.stores import is_store

if TYPE_CHECKING:
    from tasks.domain.candidates import Edit
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Service
    from tasks.domain.security.candidates.ground import Ground

# Three files of ten megabytes: some hours of a talkative service, a day of a usual one.
LOG_SIZE, LOG_FILES = "10m", "3"
# Docker waits ten seconds and Kubernetes thirty where nothing is written.
GRACE, STORE_GRACE = 10, 60
PROCESSES = 1024  # threads count; the largest Java services we met have some hundreds


def come_back(ground: Ground, finding: Finding) -> Proposal:
    """Start a service again when it ended, unless somebody stopped it."""
    edits = compose.put_fields(ground, finding, {("restart",): "unless-stopped"})
    return Proposal((finding.id,), edits)


def bound_logs(ground: Ground, finding: Finding) -> Proposal:
    """Keep the last files of each service's output only."""
    limits: dict[tuple[str, ...], Tree] = {
        ("logging", "driver"): "json-file",
        ("logging", "options", "max-size"): LOG_SIZE,
        ("logging", "options", "max-file"): LOG_FILES,
    }
    endless = [s for s in ground.platform.services if s.logging is None or not s.logging.bounded]
    edits = compose.put_in_all(ground, [each.name for each in endless], lambda _: limits)
    return Proposal((finding.id,), edits, {"size": LOG_SIZE, "files": LOG_FILES})


def limit_processes(ground: Ground, finding: Finding) -> Proposal:
    """Give each service a number of processes that it cannot exceed."""
    endless = [each for each in ground.platform.services if not _counted(each)]
    names = [each.name for each in endless]
    edits = compose.put_in_all(
        ground, names, lambda name: {compose.limit_field(ground, name, "pids"): PROCESSES}
    )
    return Proposal((finding.id,), edits, {"processes": str(PROCESSES)})


def _counted(service: Service) -> bool:
    limits = (each.resources.pids_limit for each in service.containers)
    return any(limit is not None and limit.value > 0 for limit in limits)


def end_in_order(ground: Ground, finding: Finding) -> Proposal:
    """Send a signal that can be answered, and wait for the answer."""
    if finding.subject in ground.platform.dockerfiles:
        return Proposal((finding.id,), dockerfiles.signal_to_end(ground, finding))
    service = ground.service(finding.subject)
    seconds = STORE_GRACE if is_store(ground.platform, service) else GRACE
    if not ground.compose:
        root = kubernetes.pod_root(ground, service)
        leaves: dict[tuple[str, ...], Tree] = {("terminationGracePeriodSeconds",): seconds}
        return Proposal((finding.id,), kubernetes.put_fields(root, leaves))
    if finding.facts.get("case") == "signal":
        leaves = {("stop_signal",): "SIGTERM"}
    else:
        leaves = {("stop_grace_period",): f"{seconds}s"}
    return Proposal((finding.id,), compose.put_fields(ground, finding, leaves))


def end_when_memory_is_out(ground: Ground, finding: Finding) -> Proposal:
    """Let the kernel end a container that has used up its memory."""
    return Proposal(
        (finding.id,), compose.put_fields(ground, finding, {("oom_kill_disable",): False})
    )


def depend(ground: Ground, finding: Finding) -> Proposal:
    """Say ``depends_on`` where ``links`` did no more than that."""
    for root in compose.roots(ground, finding.subject):
        pair = find(root.node, "links")
        if pair is None or pair.key.place.line > finding.place.line:
            continue
        listed = target(pair.value)
        names = [text_of(each) for each in listed.items] if isinstance(listed, Sequence) else []
        if not names or any(":" in name for name in names):
            msg = "a link gives another name, which only the link knows"
            raise NotOfferedError(msg)
        if find(root.node, "depends_on") or not _share_network(ground, finding.subject, names):
            msg = "`depends_on` is there, or they share no network without the link"
            raise NotOfferedError(msg)
        own = target(root.node)
        if not isinstance(own, Mapping) or pair not in own.pairs:
            break
        try:
            return Proposal((finding.id,), (set_scalar(root.written, pair.key, "depends_on"),))
        except NotEditableError as error:
            raise NotOfferedError(str(error)) from error
    msg = "the links are not written in the service itself"
    raise NotOfferedError(msg)


def _share_network(ground: Ground, name: str, others: list[str]) -> bool:
    def networks(service: str) -> set[str]:
        return {each.value for each in ground.service(service).networks} or {"default"}

    return all(networks(name) & networks(each) for each in others)


def free_names(ground: Ground, finding: Finding) -> Proposal:
    """Let the engine name containers, where the written name is the service's own anyway."""
    edits: list[Edit] = []
    for service in ground.platform.services:
        if service.fixed_name is None:
            continue
        if service.fixed_name.value != service.name:
            msg = f"others may reach {service.name} by the name of its container"
            raise NotOfferedError(msg)
        edits += _without_name(ground, service.name)
    return Proposal((finding.id,), tuple(edits))


def _without_name(ground: Ground, name: str) -> list[Edit]:
    edits = []
    for root in compose.roots(ground, name):
        own = target(root.node)
        pair = next(iter(own.named("container_name")), None) if isinstance(own, Mapping) else None
        if not isinstance(own, Mapping) or pair is None or not isinstance(pair.value, Scalar):
            continue
        try:
            edits.append(remove_pair(root.written, own, pair))
        except NotEditableError as error:
            raise NotOfferedError(str(error)) from error
    return edits
