"""A YAML file as the user wrote it, with what an edit must know of its manner."""

from __future__ import annotations

import codecs
import itertools
import re
from array import array
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from tasks.domain.harmless import harmless_lines
from tasks.domain.platform.documents import Document, decode
from tasks.domain.platform.nodes import Alias, Mapping, Scalar, Sequence
from tasks.domain.platform.parsed import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.nodes import Node

T = TypeVar("T")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is written: columns per level, whether lists are indented, quote, line end."""

    step: int = 2
    lists_indented: bool = True
    quote: str = '"'
    line_end: str = "\n"


@dataclass(frozen=True)
class Written:
    """One file: its text without a byte order mark, its trees, and its lines."""

    file: str
    text: str
    documents: tuple[Document, ...] = field(repr=False)
    encoding: str = "utf-8"
    mark: str = ""  # the byte order mark, when the file begins with one

    @cached_property
    def starts(self) -> array[int]:
        r"""Where each line begins; lines end after ``\n``, and an empty last one is none."""
        ends = (match.end() for match in re.finditer("\n", self.text))
        return array("q", itertools.chain((0,), (end for end in ends if end < len(self.text))))

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self.starts) if self.text else 0

    @cached_property
    def harmless(self) -> tuple[bool, ...]:
        """Which lines a patch may show."""
        return harmless_lines(self.text, self.documents)[: len(self.starts)]

    @cached_property
    def shared(self) -> frozenset[int]:
        """Which nodes, by identity, aliases stand for."""
        aliased = (
            each
            for document in self.documents
            if "*" in self.text  # most files have no alias, and many documents
            for node in nodes(document.root)
            if isinstance(node, Alias)
            for each in walk(node.target, follow=True)
        )
        return frozenset(map(id, aliased))

    @cached_property
    def manner(self) -> Manner:
        """How the user writes, by majority."""
        return _manner(self)

    def shown(self, first: int, end: int) -> list[str]:
        """Give the lines ``[first, end)`` as their bytes are, mark included."""
        begins = [*self.starts[first : end + 1], len(self.text)][: end - first + 1]
        lines = [self.text[start:stop] for start, stop in itertools.pairwise(begins)]
        if first == 0 and lines:
            lines[0] = self.mark + lines[0]
        return lines

    def line(self, number: int) -> str:
        """Give line ``number``, counted from 0, with its end."""
        following = self.starts[number + 1 : number + 2]
        return self.text[self.starts[number] : following[0] if following else len(self.text)]

    def encoded(self, text: str) -> bytes:
        """Give ``text`` as bytes of this file's encoding, with its mark."""
        return (self.mark + text).encode(self.encoding)


def read_written(file: str, data: bytes) -> Written:
    """Read the bytes of ``file``.

    Raises:
        DocumentError: Not text, not YAML, or beyond a budget.
    """
    plain = read_text(file, data)
    return replace(plain, documents=parsed(file, plain.text))


def read_text(file: str, data: bytes) -> Written:
    """Read the text of ``file`` without looking at it as YAML.

    Raises:
        DocumentError: Not text, or too much of it.
    """
    text = decode(file, data)
    encoding, mark = "utf-8", ""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        little = data.startswith(codecs.BOM_UTF16_LE)
        encoding, mark = "utf-16-le" if little else "utf-16-be", _BYTE_ORDER_MARK
    elif data.startswith(codecs.BOM_UTF8):
        mark = _BYTE_ORDER_MARK
    return Written(file, text, (), encoding, mark)


def nodes(root: Node | None) -> Iterator[Node]:
    """Give every node of a tree, aliases unfollowed."""
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Mapping):
            waiting.extend(part for pair in node.pairs for part in (pair.key, pair.value))
        elif isinstance(node, Sequence):
            waiting.extend(node.items)


def walk(node: Node, *, follow: bool) -> Iterator[Node]:
    """Give ``node`` and all below it, each once; aliases are followed when told."""
    seen: set[int] = set()
    waiting: list[Node] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Alias):
            if follow:
                waiting.append(each.target)
            continue
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, Mapping):
            waiting.extend(pair.value for pair in each.pairs)
        elif isinstance(each, Sequence):
            waiting.extend(each.items)


def _manner(written: Written) -> Manner:
    steps: Counter[int] = Counter()
    lists: Counter[bool] = Counter()
    quotes: Counter[str] = Counter()
    for document in written.documents:
        for node in nodes(document.root):
            if isinstance(node, Scalar) and node.style in {"'", '"'}:
                quotes[node.style] += 1
            if isinstance(node, Mapping) and not node.flow:
                _learn(node, steps, lists)
    crlf = written.text.count("\r\n") * 2 > written.text.count("\n")
    return Manner(
        step=_most(steps, 2),
        lists_indented=_most(lists, default=True),
        quote=_most(quotes, '"'),
        line_end="\r\n" if crlf else "\n",
    )


def _learn(node: Mapping, steps: Counter[int], lists: Counter[bool]) -> None:
    for pair in node.pairs:
        inner = pair.value
        column = inner.place.column - pair.key.place.column
        if inner.place.line == pair.key.place.line:
            continue
        if isinstance(inner, Mapping) and not inner.flow and column > 0:
            steps[column] += 1
        elif isinstance(inner, Sequence) and not inner.flow:
            lists[column > 0] += 1


def _most(seen: Counter[T], default: T) -> T:
    return max(seen, key=lambda each: (seen[each], str(each))) if seen else default
