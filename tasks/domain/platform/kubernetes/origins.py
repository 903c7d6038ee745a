"""Places of rendered objects: from a line that nobody has to one in the user's own files.

Kustomize says which file an object came from, and the field is found there by
its path. A Helm template is no YAML, so its lines are matched with the rendered
ones; a line that was only made by the template takes the nearest one before it.
Rendered values have no span in a user's file: theirs is empty.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from tasks.domain.platform.nodes import Mapping, Node, Pair, Place, Scalar, Sequence, target

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 5000  # lines of a template; matching beyond that takes seconds


def moved(node: Node, move: Callable[[Place], Place]) -> Scalar | Mapping | Sequence:
    """Give ``node`` with each of its places moved."""
    node = target(node)
    place = move(node.place)
    if isinstance(node, Scalar):
        return replace(node, place=place, start=0, length=0)
    if isinstance(node, Sequence):
        items = tuple(moved(item, move) for item in node.items)
        return replace(node, items=items, place=place, start=0, length=0)
    pairs = tuple(Pair(moved(p.key, move), moved(p.value, move)) for p in node.pairs)
    return replace(node, pairs=pairs, place=place, start=0, length=0)


def line_mover(rendered: str, template: str, file: str) -> Callable[[Place], Place]:
    """Map lines of ``rendered`` to those of its ``template``, by what both have in common."""
    lines = _matching(rendered.splitlines(), template.splitlines())
    return lambda place: Place(file, lines.get(place.line, 1), 1)


def _matching(rendered: list[str], template: list[str]) -> dict[int, int]:
    keys = [_key(line) for line in rendered[:_LONGEST]]
    others = [_key(line) or f"#{number}" for number, line in enumerate(template[:_LONGEST])]
    found: dict[int, int] = {}
    for block in SequenceMatcher(None, keys, others, autojunk=False).get_matching_blocks():
        found |= {block.a + i + 1: block.b + i + 1 for i in range(block.size)}
    nearest = 1
    for number in range(1, len(rendered) + 1):
        nearest = found.setdefault(number, nearest)
    return found


def _key(line: str) -> str:
    """Give what a template leaves of a line as it is: its depth in words, and its key."""
    text = line.strip()
    if text.startswith(("{{", "#")):
        return ""
    return text.partition(":")[0] if ":" in text else text


def like(node: Node, origin: Node | None, fallback: Place) -> Scalar | Mapping | Sequence:
    """Give ``node`` with the places that the same fields have in ``origin``.

    What ``origin`` does not have takes the place of what holds it there.
    """
    node, origin = target(node), target(origin) if origin is not None else None
    place = origin.place if origin is not None else fallback
    if isinstance(node, Scalar):
        return replace(node, place=place, start=0, length=0)
    if isinstance(node, Sequence):
        items = tuple(like(n, _same_item(n, i, origin), place) for i, n in enumerate(node.items))
        return replace(node, items=items, place=place, start=0, length=0)
    pairs = []
    for pair in node.pairs:
        same = _same_pair(pair, origin)
        key = like(pair.key, same.key if same else None, place)
        pairs.append(Pair(key, like(pair.value, same.value if same else None, key.place)))
    return replace(node, pairs=tuple(pairs), place=place, start=0, length=0)


def _same_pair(pair: Pair, origin: Node | None) -> Pair | None:
    if not isinstance(origin, Mapping) or not isinstance(pair.key, Scalar):
        return None
    return next(reversed(origin.named(pair.key.text)), None)


def _same_item(item: Node, index: int, origin: Node | None) -> Node | None:
    """Find a list's item by its name, as patches do, else by its position."""
    if not isinstance(origin, Sequence):
        return None
    if name := _name(item):
        named = (o for o in origin.items if _name(o) == name)
        return next(named, None)
    return origin.items[index] if index < len(origin.items) else None


def _name(node: Node) -> str:
    node = target(node)
    if not isinstance(node, Mapping):
        return ""
    values = (target(pair.value) for pair in node.named("name"))
    return next((v.text for v in values if isinstance(v, Scalar)), "")


def without(node: Mapping, *path: str) -> Mapping:
    """Give ``node`` without the field at ``path``."""
    pairs = []
    for pair in node.pairs:
        inner = pair.value
        if isinstance(pair.key, Scalar) and pair.key.text == path[0]:
            if len(path) == 1:
                continue
            if isinstance(inner, Mapping):
                inner = without(inner, *path[1:])
        pairs.append(Pair(pair.key, inner))
    return replace(node, pairs=tuple(pairs))
