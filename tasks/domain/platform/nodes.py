"""YAML as written: every value knows its file, line, column and characters.

The tree keeps what a loader throws away (anchors, merge keys, quoting, order,
duplicates), because a finding must name its place and a patch must change
nothing else. `tasks.domain.platform.documents` builds it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

_MANY = 32  # keys; below, looking at each is as fast as an index, and takes less memory


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is written; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``[start, end)`` of the decoded text, a byte order mark not counted.

    The end of a block collection lies where the parser met the next token,
    which may be lines later: use the last item's end to find its last line.
    """

    start: int
    end: int


class _Spanned:
    """What stands in the text: ``length`` characters from ``start`` on.

    Two numbers, because a large platform has a million nodes: most lengths are small numbers,
    which Python has already, and a `Span` is made for the few that are asked for one.
    """

    __slots__ = ()
    start: int
    length: int

    @property
    def end(self) -> int:
        """Where the first character behind it stands."""
        return self.start + self.length

    @property
    def span(self) -> Span:
        """Give its characters."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Scalar(_Spanned):
    """A leaf. ``text`` is without quotes; ``style`` is the quote, ``|``, ``>`` or nothing."""

    text: str
    place: Place
    start: int
    length: int
    tag: str = ""
    style: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One key of a mapping, with its value."""

    key: Node
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping(_Spanned):
    """A mapping as written: duplicate keys and merge keys still in it."""

    pairs: tuple[Pair, ...]
    place: Place
    start: int
    length: int
    tag: str = ""
    flow: bool = False
    anchor: str = ""
    # Made when it is first asked for: the keys of a small mapping, the pairs by key of a large one,
    # for ten thousand services are looked up one by one, and each is asked for dozens of keys.
    index: tuple[str, ...] | dict[str, list[Pair]] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    def named(self, name: str) -> list[Pair]:
        """Give the pairs whose own key is ``name``; merge keys are not followed."""
        index = self.index
        if index is None:
            index = _keys(self.pairs) if len(self.pairs) < _MANY else _by_key(self.pairs)
            object.__setattr__(self, "index", index)
        if name not in index:
            return []
        if isinstance(index, dict):
            return index[name]
        return [p for p in self.pairs if isinstance(p.key, Scalar) and p.key.text == name]


@dataclass(frozen=True, slots=True)
class Sequence(_Spanned):
    """A list as written."""

    items: tuple[Node, ...]
    place: Place
    start: int
    length: int
    tag: str = ""
    flow: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Alias(_Spanned):
    """``*name``: stands for ``target``, which is written elsewhere in the document."""

    name: str
    target: Scalar | Mapping | Sequence = field(repr=False)
    place: Place
    start: int
    length: int


def _keys(pairs: tuple[Pair, ...]) -> tuple[str, ...]:
    return tuple(pair.key.text for pair in pairs if isinstance(pair.key, Scalar))


def _by_key(pairs: tuple[Pair, ...]) -> dict[str, list[Pair]]:
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        if isinstance(pair.key, Scalar):
            found.setdefault(pair.key.text, []).append(pair)
    return found


Node: TypeAlias = Scalar | Mapping | Sequence | Alias
Value: TypeAlias = "str | int | float | bool | None"

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INTEGER = re.compile(r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NUMERIC = frozenset("+-.0123456789")  # what a number begins with
# Longer numbers are text to us: no field of a platform needs them, and int() refuses them.
_LONGEST_NUMBER = 64


def target(node: Node) -> Scalar | Mapping | Sequence:
    """Follow an alias to what it stands for."""
    return node.target if isinstance(node, Alias) else node


def value(scalar: Scalar) -> Value:
    """Give the value that the real readers see.

    Docker Compose and Kubernetes read through Go's yaml: ``22:22``, ``on``
    and ``NO`` are text, ``0644`` is octal, quoted scalars are always text.
    """
    text = scalar.text
    if scalar.style or scalar.tag.endswith(":str") or len(text) > _LONGEST_NUMBER:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return _number(text)


def _number(text: str) -> Value:
    if text[0] not in _NUMERIC:
        return text
    if _INTEGER.fullmatch(text):
        digits = text.replace("_", "")
        sign = -1 if digits.startswith("-") else 1
        digits = digits.lstrip("+-")
        octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
        return sign * int(digits, 8 if octal else 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
