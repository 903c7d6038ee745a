"""Set a field where it takes effect: in the file whose value wins, past anchors and merge keys.

What several users share through an anchor is changed only when all of them want
the change; otherwise the field is set locally, where a local key overrides a
merged one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit
from tasks.domain.edits import NotEditableError, insert_key, set_scalar
from tasks.domain.emitting import MERGE, block
from tasks.domain.emitting import Alias as Reference
from tasks.domain.insertions import merged
from tasks.domain.platform.nodes import Alias, Mapping, Scalar, Sequence, Span, target
from tasks.domain.security.candidates.ground import NotOfferedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasks.domain.emitting import Tree
    from tasks.domain.platform.nodes import Node, Pair
    from tasks.domain.written import Written


@dataclass(frozen=True, slots=True)
class Root:
    """Where a path begins in one file: a service, a container, a pod."""

    written: Written
    node: Node
    over: tuple[Root, ...] = ()  # the same place in patches that are laid over it


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a path exists below a root: the mappings on the way, and the end's pair."""

    root: Root
    chain: tuple[Mapping, ...]
    pairs: tuple[Pair, ...] = field(default=())

    @property
    def depth(self) -> int:
        """How many steps of the path exist."""
        return len(self.pairs)


def find(node: Node, key: str) -> Pair | None:
    """Find what ``key`` means in a mapping: its own last one, else the first merged one."""
    mapping = target(node)
    if not isinstance(mapping, Mapping):
        return None
    if own := mapping.named(key):
        return own[-1]
    for merge in mapping.named(MERGE):
        value = target(merge.value)
        for each in value.items if isinstance(value, Sequence) else (value,):
            if key != MERGE and (pair := find(each, key)):
                return pair
    return None


def reach(root: Root, path: tuple[str, ...]) -> Reached | None:
    """Walk ``path`` as far as it exists; None when the root is no mapping."""
    chain, pairs, node = [], [], root.node
    for key in path:
        mapping = target(node)
        if not isinstance(mapping, Mapping):
            break
        chain.append(mapping)
        pair = find(mapping, key)
        if pair is None:
            break
        pairs.append(pair)
        node = pair.value
    return Reached(root, tuple(chain), tuple(pairs)) if chain else None


def put(
    roots: list[Root],
    path: tuple[str, ...],
    tree: Tree,
    may_change: Callable[[Node], bool],
) -> list[Edit]:
    """Set the field at ``path`` to ``tree`` in the root whose value wins.

    ``may_change`` tells whether everyone who shares a node wants the change.

    Raises:
        NotOfferedError: It is written in a way that we do not change automatically.
    """
    reached = [each for root in roots if (each := reach(root, path))]
    if not reached:
        msg = "it is not written as a mapping of its own"
        raise NotOfferedError(msg)
    best = reached[0]
    if len(reached) > 1:
        best = max(enumerate(reached), key=lambda pair: (pair[1].depth, _order(pair)))[1]
    try:
        return [_edit(best, path, tree, may_change)]
    except NotEditableError as error:
        raise NotOfferedError(str(error)) from error


def _order(numbered: tuple[int, Reached]) -> int:
    """The last file wins for what exists; what is new goes to the first file."""
    number, reached = numbered
    return number if reached.depth else -number


def _edit(
    reached: Reached, path: tuple[str, ...], tree: Tree, may_change: Callable[[Node], bool]
) -> Edit:
    written = reached.root.written
    if reached.depth == len(path):
        value = reached.pairs[-1].value
        if may_change(value) and may_change(reached.chain[-1]):
            return set_scalar(written, value, tree)
        return _locally(reached, path, tree, may_change)
    if len(reached.chain) == reached.depth:
        msg = f"`{path[reached.depth - 1]}` is not written as a mapping"
        raise NotOfferedError(msg)
    owner = reached.chain[-1]
    if may_change(owner):
        return insert_key(written, owner, path[reached.depth], nested(path, reached.depth, tree))
    return _locally(reached, path, tree, may_change)


def nested(path: tuple[str, ...], depth: int, tree: Tree) -> Tree:
    """Wrap ``tree`` into the steps of ``path`` behind ``depth``."""
    for key in reversed(path[depth + 1 :]):
        tree = {key: tree}
    return tree


def _locally(
    reached: Reached, path: tuple[str, ...], tree: Tree, may_change: Callable[[Node], bool]
) -> Edit:
    """Override a shared value in the innermost mapping that is the user's alone."""
    depth = max((n for n, each in enumerate(reached.chain) if may_change(each)), default=None)
    if depth is None:
        msg = "others share the whole definition through an anchor, and do not need this"
        raise NotOfferedError(msg)
    own, key = reached.chain[depth], path[depth]
    if depth == len(path) - 1:
        return _override(reached.root.written, own, key, tree)
    inner = reached.pairs[depth].value if depth < reached.depth else None
    shared = target(inner) if inner is not None else None
    name = shared.anchor if isinstance(shared, Mapping) else ""
    # A merge is shallow: a deeper key may be added only where nothing of its name is merged.
    if not name or (depth + 2 < len(path) and find(shared or own, path[depth + 1])):
        msg = f"`{key}` is shared through an anchor, and others do not need this"
        raise NotOfferedError(msg)
    rest = nested(path, depth + 1, tree)
    return _override(
        reached.root.written, own, key, {MERGE: Reference(name), path[depth + 1]: rest}
    )


def _override(written: Written, own: Mapping, key: str, tree: Tree) -> Edit:
    pair = next(iter(own.named(key)), None)
    if pair is None:
        return insert_key(written, own, key, tree)
    if own.flow or not isinstance(pair.value, Alias) or not isinstance(tree, dict):
        msg = f"`{key}` is shared through an anchor, and others do not need this"
        raise NotOfferedError(msg)
    manner = written.manner
    column = pair.key.place.column - 1 + manner.step
    lines = [line for name, part in tree.items() for line in block(name, part, column, manner)]
    start = pair.key.end + written.text[pair.key.end :].index(":") + 1
    text = "".join(manner.line_end + line for line in lines)
    return Edit(written.file, Span(start, pair.value.end), text)


def put_all(
    roots: list[Root],
    leaves: dict[tuple[str, ...], Tree],
    may_change: Callable[[Node], bool],
) -> tuple[Edit, ...]:
    """Set several fields; what they add at one place is written as one text."""
    joined = _joined(roots, leaves) if len(leaves) > 1 else leaves
    edits = [edit for path, tree in joined.items() for edit in put(roots, path, tree, may_change)]
    return tuple(merged(edits)) if len({edit.file for edit in edits}) == 1 else _one_file()


def _joined(roots: list[Root], leaves: dict[tuple[str, ...], Tree]) -> dict[tuple[str, ...], Tree]:
    """Join fields below a key that nobody has written yet: it can be added only once."""
    found: dict[tuple[str, ...], Tree] = {}
    for path, tree in leaves.items():
        depth = max((each.depth for root in roots if (each := reach(root, path))), default=0)
        first = path[: depth + 1]
        inner = nested(path, depth, tree) if depth < len(path) else tree
        found[first] = _both(found[first], inner) if first in found else inner
    return found


def _both(one: Tree, other: Tree) -> Tree:
    """Join two trees without a field in common."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    shared = {key: _both(one[key], other[key]) for key in one if key in other}
    return {**one, **other, **shared}


def _one_file() -> tuple[Edit, ...]:
    msg = "it is spread over several files"
    raise NotOfferedError(msg)


def text_of(node: Node | None) -> str:
    """Give the text of a scalar, else nothing."""
    value = target(node) if node is not None else None
    return value.text if isinstance(value, Scalar) else ""
