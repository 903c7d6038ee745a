"""Canonical bytes and digests of values: what keys, bundles and audits compare."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Hashable, Mapping
from enum import Enum
from functools import cache
from typing import Any

import rfc8785

# Most of what a platform consists of.
_THEMSELVES = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Any:
    """Turn dataclasses, enums, tuples and sets into what JSON knows.

    Raises:
        TypeError: The value holds something without a canonical form.
    """
    kind = type(value)
    if kind in _THEMSELVES:
        return value
    if (names := _fields(kind)) is not None:  # type: ignore[arg-type]  # a class can be hashed
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Enum | str | int | float):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=canonical_json)
    msg = f"{type(value).__name__} has no canonical form"
    raise TypeError(msg)


@cache
def _fields(kind: Hashable) -> tuple[str, ...] | None:
    """Name the fields of a dataclass; None for anything else."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return None


def canonical_json(value: Any) -> bytes:
    """Serialise by RFC 8785: one value, one sequence of bytes, on every machine."""
    return rfc8785.dumps(plain(value))


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
