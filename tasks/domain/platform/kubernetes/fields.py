"""Fields of a manifest: a value with its place and path, read as Kubernetes reads it.

Manifests go through sigs.k8s.io/yaml: merge keys are followed, the last of two
equal keys wins, and the words of YAML 1.1 (``yes``, ``on``, ``n``) are booleans.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.platform.containers import Sited
from tasks.domain.platform.nodes import Alias, Mapping, Scalar, Sequence, target, value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.nodes import Node, Place, Value

_WORDS = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_QUOTED = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Field:
    """A value somewhere in a document. ``node`` is None when nothing is written there."""

    node: Scalar | Mapping | Sequence | None
    place: Place
    path: str

    def __bool__(self) -> bool:
        return self.node is not None

    def get(self, *names: str) -> Field:
        """Follow ``names`` down; a missing field keeps the place of what should hold it."""
        field = self
        for name in names:
            field = field._child(name)
        return field

    def _child(self, name: str) -> Field:
        joint = "" if self.path.endswith(":") or not self.path else "."
        path = f"{self.path}{joint}{name}"
        node = _lookup(self.node, name)
        return Field(node, self.place if node is None else node.place, path)

    def entries(self) -> list[tuple[str, Field]]:
        """List the members of a mapping in the order written; merged ones follow."""
        return list(self.each_entry())

    def each_entry(self) -> Iterator[tuple[str, Field]]:
        """Give the same one by one, for a mapping of which a million members may be there."""
        joint = "" if self.path.endswith(":") or not self.path else "."
        for name, node in _members(self.node).items():
            yield name, Field(node, node.place, f"{self.path}{joint}{name}")

    def items(self) -> list[Field]:
        """List the members of a list."""
        if not isinstance(self.node, Sequence):
            return []
        nodes = [target(item) for item in self.node.items]
        return [Field(n, n.place, f"{self.path}[{i}]") for i, n in enumerate(nodes)]

    def texts(self) -> dict[str, str]:
        """Give the members of a mapping as texts, as labels and annotations are."""
        return {name: member.text() for name, member in self.each_entry()}

    def value(self) -> Value:
        """Give the scalar as Kubernetes sees it; None for what is no scalar."""
        return kubernetes_value(self.node) if isinstance(self.node, Scalar) else None

    def text(self) -> str:
        """Give the scalar's text; nothing for null and for what is no scalar."""
        if not isinstance(self.node, Scalar) or kubernetes_value(self.node) is None:
            return ""
        return self.node.text

    def boolean(self) -> bool | None:
        """Give a boolean. A quoted one is taken for what its author meant."""
        found = self.value()
        return _QUOTED.get(found.lower()) if isinstance(found, str) else _as_bool(found)

    def integer(self) -> int | None:
        """Give a whole number, quoted or not."""
        found = self.value()
        if isinstance(found, str) and found.lstrip("-").isdecimal() and len(found) < 20:  # noqa: PLR2004  # 64 bits
            return int(found)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def sited_text(self) -> Sited[str] | None:
        """Give the text with its place, when there is one."""
        return Sited(self.text(), self.place, self.path) if self.text() else None

    def sited_boolean(self) -> Sited[bool] | None:
        """Give the boolean with its place, when there is one."""
        found = self.boolean()
        return None if found is None else Sited(found, self.place, self.path)

    def sited_integer(self) -> Sited[int] | None:
        """Give the whole number with its place, when there is one."""
        found = self.integer()
        return None if found is None else Sited(found, self.place, self.path)


def kubernetes_value(scalar: Scalar) -> Value:
    """Give the value that sigs.k8s.io/yaml sees: as Go's YAML, with the words of YAML 1.1."""
    if not scalar.style and not scalar.tag and scalar.text in _WORDS:
        return _WORDS[scalar.text]
    return value(scalar)


def _as_bool(found: Value) -> bool | None:
    return found if isinstance(found, bool) else None


def _lookup(node: Node | None, name: str) -> Scalar | Mapping | Sequence | None:
    """Find a key: the last one written wins, then what is merged in, first source first."""
    if not isinstance(node, Mapping):
        return None
    own = node.named(name)
    if own:
        return target(own[-1].value)
    for merged in _merged(node):
        if (found := _lookup(merged, name)) is not None:
            return found
    return None


def _members(node: Node | None) -> dict[str, Scalar | Mapping | Sequence]:
    """Give all members at once: looking each name up would walk the mapping as often."""
    members: dict[str, Scalar | Mapping | Sequence] = {}
    if not isinstance(node, Mapping):
        return members
    for pair in node.pairs:
        key = target(pair.key)
        if isinstance(key, Scalar) and not _is_merge(key):
            members[key.text] = target(pair.value)
    for merged in _merged(node):
        for name, brought in _members(merged).items():
            members.setdefault(name, brought)
    return members


def _is_merge(key: Node) -> bool:
    return isinstance(key, Scalar) and key.text == "<<" and not key.style


def _merged(node: Mapping) -> Iterator[Mapping]:
    """Give the mappings behind ``<<``; only aliases, mappings and lists of them count."""
    for pair in node.named("<<"):
        if not _is_merge(pair.key):
            continue
        value_node = target(pair.value)
        sources = value_node.items if isinstance(value_node, Sequence) else (value_node,)
        for source in sources:
            resolved = source.target if isinstance(source, Alias) else source
            if isinstance(resolved, Mapping):
                yield resolved
