"""Ports: short and long syntax, ranges, protocols, host addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.tree import ComposeError, Leaf, Row, Table, Tree, text

if TYPE_CHECKING:
    from collections.abc import Iterator

CHOSEN_LATE = -1
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_LARGEST = 65535


@dataclass(frozen=True, slots=True)
class Published:
    """One port after its range is expanded; ``host`` is None when it is not published."""

    target: int
    host: int | None
    host_ip: str = ""
    protocol: str = "tcp"
    name: str = ""


def parse_short(spec: str) -> tuple[Published, ...]:
    """Read ``[[ip:]host:]container[/protocol]``, each number possibly a range.

    Raises:
        ValueError: Not a port, or ranges of different lengths.
    """
    rest, _, protocol = spec.partition("/")
    address, container = rest.rpartition(":")[0], rest.rpartition(":")[2]
    host_ip, _, host = address.rpartition(":")
    host_ip = host_ip.strip("[]")
    targets = _range(container)
    protocol = protocol or "tcp"
    if not host:
        return tuple(Published(t, CHOSEN_LATE, host_ip, protocol) for t in targets)
    hosts = _range(host)
    if len(hosts) == len(targets):
        pairs = zip(targets, hosts, strict=True)
        return tuple(Published(t, h, host_ip, protocol) for t, h in pairs)
    if len(targets) == 1:  # one of the range is chosen when it starts
        return (Published(targets[0], CHOSEN_LATE, host_ip, protocol),)
    msg = "ranges of different lengths"
    raise ValueError(msg)


def _range(spec: str) -> range:
    found = _RANGE.fullmatch(spec)
    if found is None:
        msg = "is no port"
        raise ValueError(msg)
    first, last = int(found[1]), int(found[2] or found[1])
    if first > last or last > _LARGEST:
        msg = "is no port or range"
        raise ValueError(msg)
    return range(first, last + 1)


def parse_long(table: Table) -> tuple[Published, ...]:
    """Read the long syntax.

    Raises:
        ValueError: ``target`` or ``published`` is no port.
    """
    fields = {name: text(child) for name, child in table.items.items()}
    targets = _range(fields.get("target", ""))
    published = fields.get("published", "")
    ip, protocol = fields.get("host_ip", ""), fields.get("protocol") or "tcp"
    name = fields.get("name", "")
    if not published:
        return tuple(Published(t, CHOSEN_LATE, ip, protocol, name) for t in targets)
    hosts = _range(published)
    if len(hosts) == 1 and len(targets) == 1:
        return (Published(targets[0], hosts[0], ip, protocol, name),)
    return (Published(targets[0], CHOSEN_LATE, ip, protocol, name),)


def published(row: Tree | None) -> Iterator[tuple[int, Tree, tuple[Published, ...] | None]]:
    """Yield each item of ``ports`` with its index; None in place of what is no port."""
    for index, item in enumerate(row.items if isinstance(row, Row) else ()):
        try:
            if isinstance(item, Table):
                yield index, item, parse_long(item)
            elif isinstance(item, Leaf):
                yield index, item, parse_short(item.text)
        except ValueError:
            yield index, item, None


def invalid_ports(name: str, row: Tree | None) -> Iterator[ComposeError]:
    """Yield an error for each of the ``ports`` of service ``name`` that is none."""
    for index, item, found in published(row):
        if found is None:
            yield ComposeError(f"services.{name}.ports[{index}] is no valid port", item.place)
