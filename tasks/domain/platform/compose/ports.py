"""Ports: short and long syntax, ranges, protocols, host addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.tree import ComposeError, Leaf, Row, Table, Tree, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tasks.domain.platform.nodes import Place

CHOSEN_LATE = -1
# Of a whole platform: as many as one address of a host has. Ten lines of ranges would say millions.
MAX_PORTS = 65_536
_FIELDS = frozenset({"ports", "expose"})
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


@dataclass(frozen=True, slots=True)
class Span:
    """What one item of ``ports`` says; ``hosts`` are None where the port is chosen late."""

    targets: range
    hosts: range | None
    host_ip: str = ""
    protocol: str = "tcp"
    name: str = ""

    def __len__(self) -> int:
        """Count its ports."""
        return len(self.targets)

    def __iter__(self) -> Iterator[Published]:
        """Give its ports one by one."""
        hosts = self.hosts or (CHOSEN_LATE,) * len(self.targets)
        for target, host in zip(self.targets, hosts, strict=True):
            yield Published(target, host, self.host_ip, self.protocol, self.name)


def parse_short(spec: str) -> Span:
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
        return Span(targets, None, host_ip, protocol)
    hosts = _range(host)
    if len(hosts) == len(targets):
        return Span(targets, hosts, host_ip, protocol)
    if len(targets) == 1:  # one of the range is chosen when it starts
        return Span(targets, None, host_ip, protocol)
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


def parse_long(table: Table) -> Span:
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
        return Span(targets, None, ip, protocol, name)
    hosts = _range(published)
    known = len(hosts) == 1 and len(targets) == 1
    return Span(targets[:1], hosts if known else None, ip, protocol, name)


def published(row: Tree | None) -> Iterator[tuple[int, Tree, Span | None]]:
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


def within(services: Mapping[str, Table], left_out: Callable[[Place], None]) -> dict[str, Table]:
    """Give ``services`` with no more ports in all than a platform may have.

    ``left_out`` hears where an item stands that would have brought too many.
    """
    kept, total = dict(services), 0
    for name, service in services.items():
        for field in sorted(_FIELDS & service.items.keys()):
            row = service.items[field]
            fitting = []
            for item in row.items if isinstance(row, Row) else ():
                count = _count(item)
                if total + count > MAX_PORTS:
                    left_out(item.place)
                    continue
                total += count
                fitting.append(item)
            if isinstance(row, Row) and len(fitting) < len(row.items):
                fewer = {**kept[name].items, field: replace(row, items=tuple(fitting))}
                kept[name] = replace(kept[name], items=fewer)
    return kept


def _count(item: Tree) -> int:
    return next((len(found or ()) for _, _, found in published(Row((item,), item.place))), 0)
