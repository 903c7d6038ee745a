"""Canonical bytes and digests of values: what keys, bundles and audits compare."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from enum import Enum
from typing import Any

import rfc8785


def plain(value: Any) -> Any:
    """Turn dataclasses, enums, tuples and sets into what JSON knows.

    Raises:
        TypeError: The value holds something without a canonical form.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=canonical_json)
    if value is None or isinstance(value, str | int | float):
        return value
    msg = f"{type(value).__name__} has no canonical form"
    raise TypeError(msg)


def canonical_json(value: Any) -> bytes:
    """Serialise by RFC 8785: one value, one sequence of bytes, on every machine."""
    return rfc8785.dumps(plain(value))


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
