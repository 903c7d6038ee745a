"""The tree that Compose merges: YAML with anchors followed, every value with its place.

`tasks.domain.platform.nodes` shows what is written; this shows what it means.
Aliases and merge keys are gone, but each value still points at the text it was
read from, which may stand under an anchor or in another file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from tasks.domain.platform import nodes
from tasks.domain.platform.documents import MAX_DEPTH

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
    """A mapping; ``keys`` tells where each key is written."""

    items: dict[str, Tree] = field(repr=False)
    keys: dict[str, Place] = field(repr=False)
    place: Place
    mark: str = ""


Tree: TypeAlias = "Leaf | Row | Table"


def build(node: nodes.Node, depth: int = 0) -> Tree:
    """Follow aliases and merge keys of ``node``.

    Raises:
        ComposeError: A key is no text or stands twice, a merge key holds no
            mapping, or aliases nest deeper than any platform does.
    """
    real = nodes.target(node)
    if depth > MAX_DEPTH:
        msg = f"is nested deeper than {MAX_DEPTH} through its aliases"
        raise ComposeError(msg, node.place)
    mark = _MARKS.get(real.tag, "")
    if isinstance(real, nodes.Scalar):
        return Leaf(nodes.value(real), real.text, real.place, real.text, mark=mark)
    if isinstance(real, nodes.Sequence):
        return Row(tuple(build(item, depth + 1) for item in real.items), real.place, mark)
    return _table(real, depth, mark)


def _table(mapping: nodes.Mapping, depth: int, mark: str) -> Table:
    table = Table({}, {}, mapping.place, mark)
    merged: list[nodes.Node] = []
    for pair in mapping.pairs:
        key = nodes.target(pair.key)
        if not isinstance(key, nodes.Scalar) or not isinstance(_key(key), str):
            msg = "non-string key"
            raise ComposeError(msg, key.place)
        if key.text == "<<" and not key.style:
            merged.append(pair.value)
            continue
        if key.text in table.items:
            line = table.keys[key.text].line
            msg = f'key "{key.text}" already defined at line {line}'
            raise ComposeError(msg, key.place)
        table.items[key.text] = build(pair.value, depth + 1)
        table.keys[key.text] = key.place
    for node in merged:
        _merge_in(table, node, depth)
    return table


def _key(key: nodes.Scalar) -> object:
    return "" if key.text == "" else nodes.value(key)


def _merge_in(table: Table, node: nodes.Node, depth: int) -> None:
    """Add what a merge key brings: own keys win, then the first of several mappings."""
    real = nodes.target(node)
    sources = real.items if isinstance(real, nodes.Sequence) else (node,)
    for source in sources:
        brought = build(source, depth + 1)
        if not isinstance(brought, Table):
            msg = "map merge requires map or sequence of maps as the value"
            raise ComposeError(msg, node.place)
        for name, child in brought.items.items():
            own = table.items.get(name)
            if own is None or own.mark == RESET:
                # A reset key is taken out first, so that the merge key's value comes through.
                mark = child.mark if own is None else OVERRIDE
                table.items[name] = replace(child, mark=mark)
                table.keys[name] = brought.keys[name]


def clean(tree: Tree) -> Tree:
    """Drop what ``!reset`` marks, and the marks: they speak to what was merged before only."""
    if isinstance(tree, Leaf):
        return replace(tree, mark="") if tree.mark else tree
    if isinstance(tree, Row):
        return Row(tuple(clean(i) for i in tree.items if i.mark != RESET), tree.place)
    kept = {k: clean(v) for k, v in tree.items.items() if v.mark != RESET}
    return Table(kept, {k: tree.keys[k] for k in kept}, tree.place)


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
