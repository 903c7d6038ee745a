"""Short forms brought to one shape before merging: lists of ``k=v`` become mappings.

Only then can an overlay's list be merged into a base's mapping, which Docker
Compose allows. Paths become relative to the source's root here, while it is
still known in which file they stand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.paths import rebase
from tasks.domain.platform.compose.tree import ComposeError, Leaf, Row, Table, Tree, rows
from tasks.domain.platform.compose.volumes import PROPAGATIONS, is_bind, parse_short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_KEY_VALUES = ("environment", "labels", "annotations", "sysctls")
_NAMES = ("networks", "models")
_SHORT_NEED: dict[str, str | bool] = {"condition": "service_started", "required": True}
_LISTS = ("env_file", "label_file", "tmpfs", "dns", "dns_search", "dns_opt")


def shape_service(service: Table, folder: str, problems: list[ComposeError]) -> Table:
    """Give ``service`` its one shape; ``folder`` is what its paths are relative to.

    A field whose type Docker Compose refuses goes to ``problems`` and is left out.
    """
    shaped: dict[str, Tree] = {}
    for name, tree in service.items.items():
        try:
            shaped[name] = _FIELDS[name](tree, folder) if name in _FIELDS else tree
        except ComposeError as error:
            problems.append(error)
    return replace(service, items=shaped)


def key_values(tree: Tree, separator: str = "=") -> Tree:
    """Turn a list of ``name=value`` into a mapping; a name alone has a null value."""
    if not isinstance(tree, Row):
        return tree
    made = Table({}, {}, tree.place, tree.mark)
    for item in tree.items:
        if not isinstance(item, Leaf):
            msg = "must be a string"
            raise ComposeError(msg, item.place)
        name, sign, rest = item.text.partition(separator)
        value = Leaf(rest if sign else None, rest, item.place, _rest(item, separator), item.filled)
        made.items[name] = replace(value, mark=item.mark)
        made.keys[name] = item.place
    return made


def _rest(item: Leaf, separator: str) -> str:
    return item.written.partition(separator)[2]


def names(tree: Tree) -> Tree:
    """Turn a list of names into a mapping from name to nothing."""
    if not isinstance(tree, Row):
        return tree
    made = Table({}, {}, tree.place, tree.mark)
    for item in tree.items:
        if not isinstance(item, Leaf):
            msg = "must be a string"
            raise ComposeError(msg, item.place)
        made.items[item.text] = Leaf(None, "", item.place, mark=item.mark)
        made.keys[item.text] = item.place
    return made


def _depends_on(tree: Tree) -> Tree:
    """A name alone says the condition, too: over a long form it wins."""
    named = names(tree)
    if not isinstance(tree, Row) or not isinstance(named, Table):
        return named
    items: dict[str, Tree] = {
        k: _long(v, _SHORT_NEED) for k, v in named.items.items() if isinstance(v, Leaf)
    }
    return replace(named, items=items)


def _extra_hosts(tree: Tree) -> Tree:
    if not isinstance(tree, Row):
        return tree
    separators = ("=" if "=" in getattr(item, "text", "") else ":" for item in tree.items)
    made = Table({}, {}, tree.place, tree.mark)
    for item, separator in zip(tree.items, separators, strict=True):
        one = key_values(Row((item,), item.place), separator)
        if isinstance(one, Table):
            made.items.update(one.items)
            made.keys.update(one.keys)
    return made


def listed(tree: Tree) -> Tree:
    """Turn a single value into a list of one."""
    if isinstance(tree, Leaf) and tree.value is None:
        return tree
    return tree if isinstance(tree, Row) else Row((replace(tree, mark=""),), tree.place, tree.mark)


def _build(tree: Tree, folder: str) -> Tree:
    if isinstance(tree, Leaf) and tree.value is not None:
        context = replace(tree, mark="")
        tree = Table({"context": context}, {"context": tree.place}, tree.place, tree.mark)
    if not isinstance(tree, Table):
        return tree
    shaped = dict(tree.items)
    for name in ("args", "labels", "additional_contexts"):
        if name in shaped:
            shaped[name] = key_values(shaped[name])
    if "context" in shaped:
        shaped["context"] = _path(shaped["context"], folder)
    return replace(tree, items=shaped)


def _path(tree: Tree, folder: str) -> Tree:
    if not isinstance(tree, Leaf) or tree.value is None:
        return tree
    path = rebase(tree.text, folder)
    return replace(tree, value=path, text=path)


def _env_files(tree: Tree, folder: str) -> Tree:
    row = listed(tree)
    if not isinstance(row, Row):
        return row
    return replace(row, items=tuple(_at(item, "path", folder) for item in row.items))


def _at(tree: Tree, name: str, folder: str) -> Tree:
    """Rebase a path that is either the value itself or under ``name``."""
    if isinstance(tree, Table) and name in tree.items:
        return replace(tree, items={**tree.items, name: _path(tree.items[name], folder)})
    return _path(tree, folder)


def _volumes(tree: Tree, folder: str) -> Tree:
    if not isinstance(tree, Row):
        return tree
    return replace(tree, items=tuple(_volume(item, folder) for item in tree.items))


def _volume(tree: Tree, folder: str) -> Tree:
    if isinstance(tree, Table):
        kind = tree.items.get("type")
        bind = isinstance(kind, Leaf) and kind.text == "bind"
        return _at(tree, "source", folder) if bind and "source" in tree.items else tree
    if not isinstance(tree, Leaf):
        return tree
    try:
        source, target, options = parse_short(tree.text)
    except ValueError:  # left as it is for `invalid_volumes`; the others keep their mounts
        return tree
    bind = is_bind(source)
    fields: dict[str, str | bool] = {"type": "bind" if bind else "volume", "target": target}
    if source:
        fields["source"] = rebase(source, folder) if bind else source
    if "ro" in options:
        fields["read_only"] = True
    shaped = _long(tree, fields)
    spread = next((each for each in options if each in PROPAGATIONS), "")
    if not (bind and spread):
        return shaped
    details = {**shaped.items, "bind": _long(tree, {"propagation": spread})}
    return replace(shaped, items=details, keys={**shaped.keys, "bind": tree.place})


def invalid_volumes(name: str, row: Tree | None) -> Iterator[ComposeError]:
    """Yield an error for each of the ``volumes`` of a shaped service that is none."""
    for index, item in enumerate(rows(row)):
        if not isinstance(item, Table):
            yield ComposeError(f"services.{name}.volumes[{index}] is no volume", item.place)


def _long(leaf: Leaf, fields: Mapping[str, str | bool]) -> Table:
    items: dict[str, Tree] = {
        k: replace(leaf, value=v, text=str(v).lower() if isinstance(v, bool) else v, mark="")
        for k, v in fields.items()
    }
    return Table(items, dict.fromkeys(items, leaf.place), leaf.place, leaf.mark, leaf.text)


def _deploy(tree: Tree, folder: str) -> Tree:
    if isinstance(tree, Table) and "labels" in tree.items:
        return replace(tree, items={**tree.items, "labels": key_values(tree.items["labels"])})
    return tree


def _extends(tree: Tree, folder: str) -> Tree:
    if isinstance(tree, Leaf) and tree.value is not None:
        return Table({"service": tree}, {"service": tree.place}, tree.place, tree.mark)
    if isinstance(tree, Table) and "file" in tree.items:
        return _at(tree, "file", folder)
    return tree


_FIELDS: dict[str, Callable[[Tree, str], Tree]] = {
    **dict.fromkeys(_KEY_VALUES, lambda tree, folder: key_values(tree)),
    **dict.fromkeys(_NAMES, lambda tree, folder: names(tree)),
    **dict.fromkeys(_LISTS, lambda tree, folder: listed(tree)),
    "depends_on": lambda tree, folder: _depends_on(tree),
    "extra_hosts": lambda tree, folder: _extra_hosts(tree),
    "build": _build,
    "env_file": _env_files,
    "label_file": _env_files,
    "volumes": _volumes,
    "deploy": _deploy,
    "extends": _extends,
}
