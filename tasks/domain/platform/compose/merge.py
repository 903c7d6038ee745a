"""How Docker Compose puts one file, or one extended service, over another.

Mappings merge key by key, lists take up what they do not have yet, scalars are
replaced; a few fields have rules of their own, and some lists hold one item a key
(a volume's target).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.tree import (
    OVERRIDE,
    RESET,
    ComposeError,
    Leaf,
    Row,
    Table,
    Tree,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

# Below `services.NAME`: replaced as a whole, since half a command is no command.
_REPLACED = frozenset((("command",), ("entrypoint",), ("healthcheck", "test")))


def merge(base: Tree | None, over: Tree, path: tuple[str, ...] = ()) -> Tree:
    """Put ``over`` on ``base``, which must be clean of marks. Marks of ``over`` stay.

    Raises:
        ComposeError: A mapping meets a list, or the like.
    """
    if base is None or over.mark in {RESET, OVERRIDE} or _is_null(base):
        return over
    if path[:1] == ("services",) and _replaces(base, over, path[2:]):
        return over
    if _is_null(over):
        return base if not isinstance(base, Leaf) else over
    if isinstance(base, Table):
        return _tables(base, over, path)
    return _rows(base, over, path) if isinstance(base, Row) else over


def _replaces(base: Tree, over: Tree, field: tuple[str, ...]) -> bool:
    return field in _REPLACED or (field == ("logging",) and _drivers_differ(base, over))


def _rows(base: Row, over: Tree, path: tuple[str, ...]) -> Row:
    if not isinstance(over, Row):
        msg = f"cannot override {'.'.join(path)}"
        raise ComposeError(msg, over.place)
    kept, known = list(base.items), {_meant(each) for each in base.items}
    for item in over.items:
        if (meant := _meant(item)) not in known:
            known.add(meant)
            kept.append(item)
    return Row(tuple(kept), base.place)


def _meant(tree: Tree) -> Hashable:
    """Give what an item says, wherever it is written.

    Docker Compose compares as it is written in the file: `1` is not `"1"`, a short form is not
    the long one.
    """
    if isinstance(tree, Leaf):
        return type(tree.value), tree.value
    if isinstance(tree, Row):
        return tuple(map(_meant, tree.items))
    if tree.short:
        return Table, tree.short
    return frozenset((name, _meant(each)) for name, each in tree.items.items())


def _is_null(tree: Tree) -> bool:
    return isinstance(tree, Leaf) and tree.value is None


def _tables(base: Table, over: Tree, path: tuple[str, ...]) -> Table:
    if not isinstance(over, Table):
        msg = f"cannot override {'.'.join(path)}"
        raise ComposeError(msg, over.place)
    merged = Table(dict(base.items), dict(base.keys), base.place, over.mark)
    for name, child in over.items.items():
        before = base.items.get(name)
        merged.items[name] = merge(before, child, (*path, name))
        # What is only added to stays where it was defined first.
        if not isinstance(before, Table) or not isinstance(child, Table):
            merged.keys[name] = over.keys[name]
    return merged


def _drivers_differ(base: Tree, over: Tree) -> bool:
    if not isinstance(base, Table) or not isinstance(over, Table):
        return False
    mine, theirs = text(base.items.get("driver")), text(over.items.get("driver"))
    return bool(mine and theirs and mine != theirs)


def unique(service: Table) -> Table:
    """Keep of each list the last item of a key, at the place of the first.

    With that a file is done: what stood in a short form is from then on the long one.
    """
    kept = dict(service.items)
    for name, key in _KEYS.items():
        row = kept.get(name)
        if isinstance(row, Row):
            items: dict[str, Tree] = {}
            for item in row.items:
                items[key(item)] = _long(item)
            kept[name] = replace(row, items=tuple(items.values()))
    return replace(service, items=kept)


def _long(item: Tree) -> Tree:
    return replace(item, short="") if isinstance(item, Table) and item.short else item


def _text_key(item: Tree) -> str:
    return item.text if isinstance(item, Leaf) else f"@{id(item)}"


def _field(name: str, fallback: str = "") -> Callable[[Tree], str]:
    def key(item: Tree) -> str:
        if not isinstance(item, Table):
            return _text_key(item)
        return text(item.items.get(name)) or text(item.items.get(fallback)) or f"@{id(item)}"

    return key


def _grant(folder: str) -> Callable[[Tree], str]:
    """Secrets and configs are one a target; without a target the source is the file's name."""

    def key(item: Tree) -> str:
        if isinstance(item, Leaf):
            return f"{folder}/{item.text}"
        if not isinstance(item, Table):
            return _text_key(item)
        target = text(item.items.get("target")) or text(item.items.get("source"))
        return target if target.startswith("/") else f"{folder}/{target}"

    return key


def _device(item: Tree) -> str:
    if isinstance(item, Leaf):
        parts = item.text.split(":")
        return parts[1] if len(parts) > 1 else parts[0]
    return _field("target", "source")(item)


_TEXTS = ("cap_add", "cap_drop", "dns", "dns_opt", "dns_search", "expose", "links", "profiles")
_KEYS: dict[str, Callable[[Tree], str]] = {
    **dict.fromkeys(_TEXTS, _text_key),
    "tmpfs": _text_key,
    "volumes": _field("target"),
    "env_file": _field("path"),
    "secrets": _grant("/run/secrets"),
    "configs": _grant(""),
    "devices": _device,
}
