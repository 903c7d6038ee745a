"""Where Compose services are written, and who shares what through anchors."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.edits import NotEditableError, append_item, set_scalar
from tasks.domain.insertions import merged
from tasks.domain.platform.nodes import Mapping, Scalar, Sequence, target
from tasks.domain.security.candidates.ground import NotOfferedError
from tasks.domain.security.candidates.setting import Root, find, put_all, text_of
from tasks.domain.written import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from collections.abc import Set as AbstractSet

    from tasks.domain.candidates import Edit
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.platform.nodes import Node
    from tasks.domain.security.candidates.ground import Ground
    from tasks.domain.written import Written

_ELSEWHERE = "\0"  # stands for users outside of services: networks, volumes, top-level keys
_OTHERS: AbstractSet[str] = frozenset({_ELSEWHERE})

_LIMITS = ("deploy", "resources", "limits")
_REQUESTS = ("deploy", "resources", "reservations")
_SHORT_REQUEST = "mem_reservation"  # there is no such field for processors
_SHORT = {"memory": "mem_limit", "cpus": "cpus", "pids": "pids_limit"}


def roots(ground: Ground, name: str) -> list[Root]:
    """Give the definitions of a service, the one with its image first, then by order of merging.

    Raises:
        NotOfferedError: No file of the entry defines it.
    """
    found = ground.once(_definitions).get(name, [])
    chosen = [each for each in found if each.written.file in ground.platform.entry.paths]
    if not chosen:
        place = ground.service(name).place.file
        chosen = [each for each in found if each.written.file == place]
    if not chosen:
        msg = f"no file of this entry defines {name}"
        raise NotOfferedError(msg)
    return chosen


def _has_image(root: Root) -> bool:
    return any(find(root.node, key) for key in ("image", "build"))


def _definitions(ground: Ground) -> dict[str, list[Root]]:
    """Map each name to where services of that name are written, with an image first."""
    found: dict[str, list[Root]] = {}
    for written in ground.files():
        for pair in (pair for services in _services(written) for pair in services.pairs):
            if isinstance(pair.key, Scalar):
                found.setdefault(pair.key.text, []).append(Root(written, pair.value))
    return {
        name: sorted(each, key=lambda root: not _has_image(root)) for name, each in found.items()
    }


def _services(written: Written) -> Iterator[Mapping]:
    for document in written.documents:
        pair = find(document.root, "services") if document.root is not None else None
        services = target(pair.value) if pair else None
        if isinstance(services, Mapping):
            yield services


@dataclass(slots=True)
class _Parts:
    """The owners of a file without aliases: each part of it has one, who is found by its place."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    owners: list[AbstractSet[str]] = field(default_factory=list)

    def owner(self, node: Node) -> AbstractSet[str]:
        """Give who owns the part that ``node`` stands in."""
        number = bisect_right(self.starts, node.start) - 1
        inside = number >= 0 and node.end <= self.ends[number]
        return self.owners[number] if inside else _OTHERS


def _parts(ground: Ground) -> dict[str, _Parts]:
    """Map each file without aliases, as most are, to its parts."""
    found: dict[str, _Parts] = {}
    for written in ground.files():
        if "*" not in written.text:
            parts = found.setdefault(written.file, _Parts())
            for name, node in _owners(written):
                parts.starts.append(node.start)
                parts.ends.append(node.end)
                parts.owners.append(frozenset({name}))
    return found


def sharers(ground: Ground) -> dict[int, AbstractSet[str]]:
    """Map each node of a file with aliases, by identity, to the services that use it."""
    users: dict[int, AbstractSet[str]] = {}
    for written in ground.files():
        if written.file in ground.once(_parts):
            continue
        for name, node in _owners(written):
            alone = frozenset({name})  # nearly each node has one user: one set for all of these
            for each in walk(node, follow=True):
                known = users.setdefault(id(each), alone)
                if isinstance(known, set):
                    known.add(name)
                elif name not in known:
                    users[id(each)] = {*known, name}
    return users


def _owners(written: Written) -> Iterator[tuple[str, Node]]:
    """Give each top-level part with its owner; fragments (``x-``) have none of their own."""
    for document in written.documents:
        root = document.root
        for pair in root.pairs if isinstance(root, Mapping) else ():
            key = pair.key.text if isinstance(pair.key, Scalar) else ""
            services = target(pair.value)
            if key == "services" and isinstance(services, Mapping):
                for each in services.pairs:
                    if isinstance(each.key, Scalar):
                        yield each.key.text, each.value
            elif not key.startswith("x-"):
                yield _ELSEWHERE, pair.value


def changeable(ground: Ground, name: str, wanting: Container[str] = ()) -> Callable[[Node], bool]:
    """Give the test whether all who share a value are ``name`` or among ``wanting``."""
    users, parts = ground.once(sharers), ground.once(_parts)
    own, known = frozenset({name}), ground.once(_unwilling)

    def test(node: Node) -> bool:
        real = target(node)
        alone = parts.get(real.place.file)
        each = alone.owner(real) if alone else users.get(id(real), _OTHERS)
        return each == own or known.among(each, wanting) <= own

    return test


class _Unwilling:
    """Who of the users of a node do not want a change: thousands may share, and each asks."""

    def __init__(self) -> None:
        # By identity; who was asked about is kept, so that no other gets its identity.
        self._known: dict[
            tuple[int, int], tuple[AbstractSet[str], Container[str], AbstractSet[str]]
        ] = {}

    def among(self, users: AbstractSet[str], wanting: Container[str]) -> AbstractSet[str]:
        """Give those of ``users`` that are not among ``wanting``."""
        key = (id(users), id(wanting))
        if key not in self._known:
            found = frozenset(each for each in users if each not in wanting)
            self._known[key] = (users, wanting, found)
        return self._known[key][2]


def _unwilling(_: Ground) -> _Unwilling:
    return _Unwilling()


def put_fields(
    ground: Ground, finding: Finding, leaves: dict[tuple[str, ...], Tree], *checks: str
) -> tuple[Edit, ...]:
    """Set fields of the finding's service, at an anchor when all its users have the finding.

    Raises:
        NotOfferedError: It is written in a way that we do not change automatically.
    """
    may_change = changeable(ground, finding.subject, ground.same(finding, *checks))
    return put_all(roots(ground, finding.subject), leaves, may_change)


def put_in_all(
    ground: Ground, names: list[str], leaves: Callable[[str], dict[tuple[str, ...], Tree]]
) -> tuple[Edit, ...]:
    """Set what ``leaves`` gives for each service, at an anchor when all its users are among them.

    Raises:
        NotOfferedError: One of them is written in a way that we do not change automatically.
    """
    found: list[Edit] = []
    wanting = frozenset(names)
    for name in names:
        found += put_all(roots(ground, name), leaves(name), changeable(ground, name, wanting))
    files = dict.fromkeys(each.file for each in found)
    return tuple(
        edit for file in files for edit in merged(each for each in found if each.file == file)
    )


def limit_field(ground: Ground, name: str, what: str) -> tuple[str, ...]:
    """Say where a limit of ``what`` (memory, cpus, pids) of a service is to be written.

    Compose refuses a short field beside a ``deploy.resources.limits`` that does not say
    the same, so every change must choose the same one: the short fields where the service
    has them and no such limits.
    """
    nodes = [root.node for root in roots(ground, name)]
    long = any(_reaches(node, *_LIMITS) for node in nodes)
    short = any(_reaches(node, field) for node in nodes for field in _SHORT.values())
    return (_SHORT[what],) if short and not long else (*_LIMITS, what)


def request_field(ground: Ground, name: str, what: str) -> tuple[str, ...]:
    """Say where a reservation of ``what`` (memory, cpus) of a service is to be written.

    What holds for limits holds here, too; a service with short limits gets a short field.
    """
    long = (*_REQUESTS, what)
    nodes = [root.node for root in roots(ground, name)]
    if what != "memory" or any(_reaches(node, *long) for node in nodes):
        return long
    short = any(_reaches(node, _SHORT_REQUEST) for node in nodes)
    return (_SHORT_REQUEST,) if short or len(limit_field(ground, name, what)) == 1 else long


def _reaches(node: Node, *way: str) -> bool:
    for key in way:
        pair = find(node, key)
        if pair is None:
            return False
        node = pair.value
    return True


def add_item(
    ground: Ground, finding: Finding, key: str, item: str, *, instead_of: str = ""
) -> tuple[Edit, ...]:
    """Add ``item`` to a list of the finding's service; the lists of several files are joined.

    An item that starts with ``instead_of`` is replaced: it says the opposite.

    Raises:
        NotOfferedError: It is written in a way that we do not change automatically.
    """
    places = roots(ground, finding.subject)
    may_change = changeable(ground, finding.subject, ground.same(finding))
    found = [(root, sequence) for root in places if (sequence := items(root, key)) is not None]
    if not found:
        return put_all(places, {(key,): [item]}, may_change)
    root, sequence = found[-1]
    if not may_change(sequence):
        msg = f"`{key}` is shared through an anchor, and others do not need this"
        raise NotOfferedError(msg)
    try:
        for each in sequence.items:
            if instead_of and text_of(each).startswith(instead_of):
                return (set_scalar(root.written, each, item),)
        return (append_item(root.written, sequence, item),)
    except NotEditableError as error:
        raise NotOfferedError(str(error)) from error


def items(root: Root, key: str) -> Sequence | None:
    """Give the list at ``key`` of a service, when there is one."""
    pair = find(root.node, key)
    value = target(pair.value) if pair else None
    return value if isinstance(value, Sequence) else None
