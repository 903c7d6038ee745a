"""Changes of who can reach a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.edits import NotEditableError, insert_key, set_scalar
from tasks.domain.platform.nodes import Mapping, Scalar, Sequence, target
from tasks.domain.security.candidates import compose
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.security.candidates.setting import find

if TYPE_CHECKING:
    from tasks.domain.candidates import Edit
    from tasks.domain.findings import Finding
    from tasks.domain.platform.nodes import Node
    from tasks.domain.security.candidates.ground import Ground
    from tasks.domain.written import Written

LOOPBACK = "127.0.0.1"
_WILDCARDS = ("0.0.0.0:", "[::]:", ":::")


def bind_loopback(ground: Ground, finding: Finding) -> Proposal:
    """Publish an inner service's port on the host itself only."""
    roots = compose.roots(ground, finding.subject)
    may_change = compose.changeable(ground, finding.subject, ground.same(finding))
    for root in roots:
        ports = compose.items(root, "ports")
        item = _at(ports, finding) if root.written.file == finding.place.file else None
        if item is None:
            continue
        if not may_change(item):
            msg = "the ports are shared through an anchor, and others do not need this"
            raise NotOfferedError(msg)
        try:
            return Proposal((finding.id,), (_bound(root.written, item),))
        except NotEditableError as error:
            raise NotOfferedError(str(error)) from error
    msg = "the port is not written in the service's own list"
    raise NotOfferedError(msg)


def _at(ports: Sequence | None, finding: Finding) -> Node | None:
    found = [
        each
        for each in (ports.items if ports else ())
        if each.place.line == finding.place.line and each.place.column <= finding.place.column
    ]
    return found[-1] if found else None


def _bound(written: Written, item: Node) -> Edit:
    node = target(item)
    if isinstance(node, Mapping):
        address = find(node, "host_ip")
        if address:
            return set_scalar(written, address.value, LOOPBACK)
        return insert_key(written, node, "host_ip", LOOPBACK)
    if not isinstance(node, Scalar):
        msg = "the port is neither a text nor a mapping"
        raise NotEditableError(msg)
    text = node.text
    for wildcard in _WILDCARDS:
        text = text.removeprefix(wildcard)
    between = ":" if ":" in text else "::"  # without a host port, Docker chooses one
    return set_scalar(written, item, f"{LOOPBACK}{between}{text}")
