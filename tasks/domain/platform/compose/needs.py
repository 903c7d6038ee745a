"""What a service needs: `depends_on`, and what links and shared namespaces imply.

An image that is built from another service's is no need: that one need not run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.quantities import switch
from tasks.domain.platform.compose.tree import Leaf, Table, Tree, leaves, table, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.nodes import Place

_SHARED = ("network_mode", "ipc", "pid", "uts", "cgroup")
_PREFIX = "service:"


@dataclass(frozen=True, slots=True)
class Need:
    """One service that another one needs, and where that is written."""

    target: str
    place: Place
    path: str
    condition: str = "service_started"
    required: bool = True
    kind: str = "depends_on"


def needs(service: Table) -> tuple[Need, ...]:
    """List what ``service`` needs, each target once: what is written in `depends_on` wins."""
    found: dict[str, Need] = {}
    for need in (*_depends_on(service), *_links(service), *_implied(service)):
        found.setdefault(need.target, need)
    return tuple(found.values())


def _depends_on(service: Table) -> Iterator[Need]:
    written = table(service.items.get("depends_on"))
    for name, child in (written.items if written else {}).items():
        fields = child.items if isinstance(child, Table) else {}
        condition = text(fields.get("condition")) or "service_started"
        required = switch(text(fields.get("required"))) is not False
        place = written.keys[name] if written else child.place
        yield Need(name, place, f"depends_on.{name}", condition, required)


def _links(service: Table) -> Iterator[Need]:
    for index, leaf in enumerate(leaves(service.items.get("links"))):
        target = leaf.text.partition(":")[0]
        yield Need(target, leaf.place, f"links[{index}]", kind="links")


def _implied(service: Table) -> Iterator[Need]:
    for name in _SHARED:
        leaf: Tree | None = service.items.get(name)
        if isinstance(leaf, Leaf) and leaf.text.startswith(_PREFIX):
            yield Need(leaf.text.removeprefix(_PREFIX), leaf.place, name, kind=name)
    for index, leaf in enumerate(leaves(service.items.get("volumes_from"))):
        if not leaf.text.startswith("container:"):
            target = leaf.text.partition(":")[0]
            yield Need(target, leaf.place, f"volumes_from[{index}]", kind="volumes_from")
