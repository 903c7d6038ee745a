"""The tree that Compose merges: YAML with anchors followed, every value with its place.

`tasks.domain.platform.nodes` shows what is written; this shows what it means.
Aliases and merge keys are gone, but each value still points at the text it was
read from, which may stand under an anchor or in another file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from operator import is_
from typing import TYPE_CHECKING, TypeAlias

from tasks.domain.platform import nodes

if TYPE_CHECKING:
    from tasks.domain.platform.nodes import Place, Value

RESET, OVERRIDE = "reset", "override"
_MARKS = {"!reset": RESET, "!override": OVERRIDE}


class ComposeError(Exception):
    """Docker Compose refuses this; ``place`` is where it would point."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar. ``written``: its text before interpolation; ``filled``: whether that filled in."""

    value: Value
    text: str
    place: Place
    written: str = ""
    filled: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A list."""

    items: tuple[Tree, ...]
    place: Place
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; ``keys`` tells where each key is written, ``short`` what it was made of."""

    items: dict[str, Tree] = field(repr=False)
    keys: dict[str, Place] = field(repr=False)
    place: Place
    mark: str = ""
    short: str = field(default="", compare=False)


Tree: TypeAlias = "Leaf | Row | Table"


def build(node: nodes.Node, problems: list[ComposeError]) -> Tree:
    """Follow aliases and merge keys of ``node``.

    Docker Compose refuses a file for a key that is no text or stands twice, and for
    a merge key without a mapping. These go to ``problems``, and the rest is read:
    of two equal keys the later one counts.
    """
    return _Builder(problems).build(node)


@dataclass(slots=True)
class _Builder:
    problems: list[ComposeError]
    built: dict[int, Tree] = field(default_factory=dict)  # what aliases stand for, built once

    def build(self, node: nodes.Node) -> Tree:
        if not isinstance(node, nodes.Alias):
            return self._build(node)
        key = id(node.target)
        if key not in self.built:
            self.built[key] = self._build(node.target)
        return self.built[key]

    def _build(self, real: nodes.Scalar | nodes.Mapping | nodes.Sequence) -> Tree:
        mark = _MARKS.get(real.tag, "")
        if isinstance(real, nodes.Scalar):
            return Leaf(nodes.value(real), real.text, real.place, real.text, mark=mark)
        if isinstance(real, nodes.Sequence):
            return Row(tuple(self.build(item) for item in real.items), real.place, mark)
        return self._table(real, mark)

    def _table(self, mapping: nodes.Mapping, mark: str) -> Table:
        table = Table({}, {}, mapping.place, mark)
        merged: list[nodes.Node] = []
        for pair in mapping.pairs:
            key = nodes.target(pair.key)
            if not isinstance(key, nodes.Scalar) or not isinstance(_key(key), str):
                self.problems.append(ComposeError("non-string key", key.place))
                continue
            if key.text == "<<" and not key.style:
                merged.append(pair.value)
                continue
            if key.text in table.items:
                line = table.keys[key.text].line
                message = f'key "{key.text}" already defined at line {line}'
                self.problems.append(ComposeError(message, key.place))
            table.items[key.text] = self.build(pair.value)
            table.keys[key.text] = key.place
        for node in merged:
            self._merge_in(table, node)
        return table

    def _merge_in(self, table: Table, node: nodes.Node) -> None:
        """Add what a merge key brings: own keys win, then the first of several mappings."""
        real = nodes.target(node)
        sources = real.items if isinstance(real, nodes.Sequence) else (node,)
        for source in sources:
            brought = self.build(source)
            if not isinstance(brought, Table):
                message = "map merge requires map or sequence of maps as the value"
                self.problems.append(ComposeError(message, node.place))
                continue
            for name, child in brought.items.items():
                own = table.items.get(name)
                if own is None or own.mark == RESET:
                    # A reset key is taken out first, so that the merge key's value comes through.
                    mark = child.mark if own is None else OVERRIDE
                    table.items[name] = replace(child, mark=mark)
                    table.keys[name] = brought.keys[name]


def _key(key: nodes.Scalar) -> object:
    return "" if key.text == "" else nodes.value(key)


def clean(tree: Tree) -> Tree:
    """Drop what ``!reset`` marks, and the marks: they speak to what was merged before only."""
    if isinstance(tree, Leaf):
        return replace(tree, mark="") if tree.mark else tree
    if isinstance(tree, Row):
        items = tuple(clean(i) for i in tree.items if i.mark != RESET)
        same = not tree.mark and len(items) == len(tree.items) and all(map(is_, items, tree.items))
        return tree if same else Row(items, tree.place)
    kept = {k: clean(v) for k, v in tree.items.items() if v.mark != RESET}
    same = not tree.mark and len(kept) == len(tree.items)
    if same and all(map(is_, kept.values(), tree.items.values())):
        return tree
    return replace(tree, items=kept, keys={k: tree.keys[k] for k in kept}, mark="")


def table(tree: Tree | None) -> Table | None:
    """Give ``tree`` if it is a mapping."""
    return tree if isinstance(tree, Table) else None


def child(tree: Tree | None, *names: str) -> Tree | None:
    """Walk down mappings by ``names``; None where the way ends."""
    for name in names:
        if not isinstance(tree, Table):
            return None
        tree = tree.items.get(name)
    return tree


def leaves(tree: Tree | None) -> tuple[Leaf, ...]:
    """Give the scalars of a list, or the one scalar, or nothing; null is nothing."""
    found = tree.items if isinstance(tree, Row) else (tree,)
    return tuple(leaf for leaf in found if isinstance(leaf, Leaf) and leaf.value is not None)


def rows(tree: Tree | None) -> tuple[Tree, ...]:
    """Give the items of a list; nothing for anything else."""
    return tree.items if isinstance(tree, Row) else ()


def text(tree: Tree | None) -> str:
    """Give a scalar's text; empty for null and for anything else."""
    return tree.text if isinstance(tree, Leaf) and tree.value is not None else ""
