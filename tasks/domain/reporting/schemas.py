"""JSON Schemas of everything we print or write for programs to read."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = resources.files("knowledge") / "schemas"
# Parts that several schemas share; each printed schema carries those that it uses.
_SHARED = "definitions"
_MOST_COMPLAINTS = 50


class UnknownSchemaError(Exception):
    """No schema has that name."""


def names() -> tuple[str, ...]:
    """List the schemas, sorted."""
    found = (each.name.removesuffix(".json") for each in _FOLDER.iterdir())
    return tuple(sorted(set(found) - {_SHARED}))


@cache
def schema(name: str) -> dict[str, Any]:
    """Load one schema, complete in itself.

    Raises:
        UnknownSchemaError: ``name`` is not one of `names`.
    """
    if name not in names():
        msg = f"There is no schema {name!r}. There are: {', '.join(names())}."
        raise UnknownSchemaError(msg)
    own = _load(name)
    shared = _load(_SHARED)["$defs"]
    return own | {"$defs": {each: shared[each] for each in _needed(own, shared)}}


def complaints(name: str, document: Any) -> list[str]:
    """Say where ``document`` breaks the schema ``name``, at most fifty times."""
    # Slow to import, and needed by audits only.
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    validator = Draft202012Validator(schema(name))
    found: list[str] = []
    for error in validator.iter_errors(document):
        found.append(f"{error.json_path}: {_short(error.message)}")
        if len(found) == _MOST_COMPLAINTS:
            break
    return found


def _short(message: str) -> str:
    longest = 300  # jsonschema quotes whole values
    return message if len(message) <= longest else f"{message[:longest]}…"


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
    return loaded


def _needed(own: Any, shared: dict[str, Any]) -> list[str]:
    """Follow references from ``own`` through ``shared``."""
    found: set[str] = set()
    waiting = list(_references(own))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_references(shared[name]))
    return sorted(found)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield reference.removeprefix("#/$defs/")
        for each in node.values():
            yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)
