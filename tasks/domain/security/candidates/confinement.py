"""Changes that put walls of a container up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.edits import NotEditableError, remove_item, remove_pair, set_scalar
from tasks.domain.platform.nodes import Mapping, target
from tasks.domain.security.candidates import compose, kubernetes
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.security.candidates.setting import find, text_of

if TYPE_CHECKING:
    from tasks.domain.candidates import Edit
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.security.candidates.ground import Ground

_PROFILES = ("apparmor", "label")


def filter_calls(ground: Ground, finding: Finding) -> Proposal:
    """Use the runtime's filter of system calls again."""
    if ground.compose:
        return Proposal((finding.id,), _without_options(ground, finding, "seccomp"))
    return Proposal((finding.id,), (_default(ground, finding, "seccompProfile", "RuntimeDefault"),))


def ask_for_filter(ground: Ground, finding: Finding) -> Proposal:
    """Ask for the runtime's filter of system calls, for all containers of the pod."""
    pod = kubernetes.pod_root(ground, ground.service(finding.subject))
    leaves: dict[tuple[str, ...], Tree] = {
        ("securityContext", "seccompProfile", "type"): "RuntimeDefault"
    }
    return Proposal((finding.id,), kubernetes.put_fields(pod, leaves))


def confine(ground: Ground, finding: Finding) -> Proposal:
    """Use the host's profile again."""
    if ground.compose:
        return Proposal((finding.id,), _without_options(ground, finding, *_PROFILES))
    return Proposal(
        (finding.id,), (_default(ground, finding, "appArmorProfile", "RuntimeDefault"),)
    )


def mask(ground: Ground, finding: Finding) -> Proposal:
    """Hide the kernel's own paths again."""
    if ground.compose:
        return Proposal((finding.id,), _without_options(ground, finding, "systempaths"))
    return Proposal((finding.id,), (_default(ground, finding, "", "Default"),))


def _without_options(ground: Ground, finding: Finding, *names: str) -> tuple[Edit, ...]:
    may_change = compose.changeable(ground, finding.subject, ground.same(finding))
    for root in compose.roots(ground, finding.subject):
        sequence = compose.items(root, "security_opt")
        if sequence is None or not may_change(sequence):
            continue
        off = [
            number
            for number, each in enumerate(sequence.items)
            if text_of(each).replace("=", ":").partition(":")[0] in names
        ]
        own = target(root.node)
        pair = find(root.node, "security_opt")
        try:
            if off and len(off) == len(sequence.items):
                if isinstance(own, Mapping) and pair in own.pairs and pair is not None:
                    return (remove_pair(root.written, own, pair),)
                continue
            if off:
                return tuple(remove_item(root.written, sequence, number) for number in off)
        except NotEditableError as error:
            raise NotOfferedError(str(error)) from error
    msg = "the option is not written in the service's own list"
    raise NotOfferedError(msg)


def _default(ground: Ground, finding: Finding, profile: str, value: str) -> Edit:
    """Set a profile's type where the finding points: at the container or at its pod."""
    part = ground.part(finding)
    container = kubernetes.container_root(ground, finding)
    pod = kubernetes.pod_root(ground, part.service)
    way = ("securityContext", profile, "type") if profile else ("securityContext", "procMount")
    for root in (container, pod):
        node = kubernetes.below(root.node, *way)
        if node is None or node.place.line != finding.place.line:
            continue
        if not kubernetes.unshared(root.written)(node):
            break
        try:
            return set_scalar(root.written, node, value)
        except NotEditableError as error:
            raise NotOfferedError(str(error)) from error
    msg = "it is not written where it takes effect"
    raise NotOfferedError(msg)
