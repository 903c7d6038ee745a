"""New YAML in the manner of the file it goes into."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from tasks.domain.platform.nodes import Place, Scalar, value

if TYPE_CHECKING:
    from tasks.domain.written import Manner

Tree: TypeAlias = "str | int | float | bool | list[Tree] | dict[str, Tree] | None"


class Alias(str):
    """A reference to an anchor of the file, written ``*name``."""

    __slots__ = ()


_PLAIN = re.compile(r"[A-Za-z_/](?:[\w./:-]*[\w/-])?|[0-9]+[A-Za-z]{1,2}")
# What YAML 1.1 readers take for something else than text.
_RESERVED = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"])
MERGE = "<<"
_NOWHERE = Place("", 1, 1)


def scalar(tree: Tree, quote: str = '"') -> str:
    """Write a leaf; text that a reader might take for something else is quoted."""
    if isinstance(tree, Alias):
        return f"*{tree}"
    if not isinstance(tree, str):
        return json.dumps(tree)
    if tree == MERGE:
        return tree  # in quotes it would be a key like any other
    return tree if _stays_text(tree) else quoted(tree, quote)


@lru_cache(maxsize=4096)  # the same few keys and values are written for each service
def _stays_text(text: str) -> bool:
    """Tell whether every reader takes ``text`` without quotes for itself."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _RESERVED
    return bool(plain) and value(Scalar(text, _NOWHERE, 0, 0)) == text


def quoted(text: str, quote: str) -> str:
    """Put ``text`` into the quotes that the file prefers."""
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=False)


def flow(tree: Tree, quote: str = '"', *, as_json: bool = False) -> str:
    """Write ``tree`` on one line; ``as_json`` quotes the keys too."""
    if isinstance(tree, dict):
        pairs = (f"{_key(k, as_json)}: {flow(v, quote, as_json=as_json)}" for k, v in tree.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(flow(item, quote, as_json=as_json) for item in tree) + "]"
    if as_json:
        return json.dumps(tree, ensure_ascii=False)
    return scalar(tree, quote)


def _key(name: str, as_json: bool) -> str:  # noqa: FBT001  # private, one caller
    return json.dumps(name) if as_json else scalar(name)


def block(name: str, tree: Tree, column: int, manner: Manner) -> list[str]:
    """Write ``name: tree`` as lines without ends; ``column`` spaces before the name."""
    head = " " * column + scalar(name, manner.quote) + ":"
    if isinstance(tree, dict) and tree:
        inner = column + manner.step
        return [head, *(line for k, v in tree.items() for line in block(k, v, inner, manner))]
    if isinstance(tree, list) and tree:
        inner = column + (manner.step if manner.lists_indented else 0)
        return [head, *(line for item in tree for line in block_item(item, inner, manner))]
    leaf = flow(tree) if isinstance(tree, dict | list) else scalar(tree, manner.quote)
    return [f"{head} {leaf}"]


def block_item(tree: Tree, column: int, manner: Manner) -> list[str]:
    """Write one item of a list as lines without ends; ``column`` spaces before the dash."""
    dash = " " * column + "- "
    if isinstance(tree, dict) and tree:
        lines = [line for k, v in tree.items() for line in block(k, v, column + 2, manner)]
        return [dash + lines[0].lstrip(" "), *lines[1:]]
    return [dash + flow(tree, manner.quote)]
