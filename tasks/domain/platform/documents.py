"""Bytes to YAML trees, within a budget.

Everything that can explode is counted while the parser's events arrive, before
anything walks the tree: bytes, depth, nodes, and the size that aliases and
merge keys would expand to. libyaml, which we use, is what the Go readers of
Docker Compose and Kubernetes were ported from, so it accepts what they accept.
"""

from __future__ import annotations

import codecs
import gc
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from tasks.domain.platform.nodes import Alias, Mapping, Node, Pair, Place, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 128 * 1024 * 1024  # the largest public manifest we met has 0.5 MB
MAX_DEPTH = 100  # real platforms stay below 20
MAX_NODES = 4_000_000
MAX_DOCUMENTS = 200_000
# What aliases may add: this much in any case, and some times as much as is written.
FREELY_ADDED = 200_000
MOST_TIMES = 10
# Longer numbers fit into no field; Kubernetes refuses them, and Compose would round them.
MAX_DIGITS = 64

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DIGITS = re.compile(r"[-+]?[0-9][0-9_]*")
_SHARED = 64  # characters up to which equal texts are kept once
_STANDARD = "tag:yaml.org,2002:"
_TAGS = frozenset(
    {"", "!", "!reset", "!override"}
    | {
        f"{_STANDARD}{name}"
        for name in (
            *("str", "int", "float", "bool", "null", "map", "seq"),
            *("binary", "timestamp", "set", "omap", "pairs", "merge", "value"),
        )
    }
)


class DocumentError(Exception):
    """A file that could not be read as YAML; ``reason`` is one sentence for people."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that stands again in the same mapping; which one counts is the reader's affair."""

    key: str
    place: Place
    first: Place


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file. ``root`` is None when nothing is written in it.

    ``foreign`` is the first tag that neither YAML nor Compose defines, and its place.
    """

    file: str
    index: int
    root: Node | None
    repeated: tuple[Repeated, ...] = ()
    foreign: tuple[str, Place] | None = None


def decode(file: str, data: bytes) -> str:
    """Decode ``data`` without its byte order mark; line ends stay as they are.

    Raises:
        DocumentError: The bytes are not text in UTF-8 (or in UTF-16 with a mark), or too many.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(file, 1, f"larger than {MAX_BYTES // 2**20} MiB, not read")
    encoding = "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(file, line, "is not UTF-8 text") from error


def parse(file: str, text: str) -> tuple[Document, ...]:
    """Parse all documents of ``text``.

    Raises:
        DocumentError: Not YAML, or beyond a budget.
    """
    with _uncollected():
        return tuple(_Composer(file, text).documents())


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles away: trees have none, and it would walk them all again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A node with a name, and how large and high it is when its own aliases are followed."""

    node: Scalar | Mapping | Sequence
    expanded: int
    height: int


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    event: Any
    children: list[Node] = field(default_factory=list)
    expanded: int = 1
    height: int = 1


class _Composer:
    """Builds trees from events without recursion."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.nodes = 0
        self.line = 0
        self.anchors: dict[str, _Anchor] = {}
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.repeated: list[Repeated] = []
        self.foreign: tuple[str, Place] | None = None
        self.take = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._begin,
        }

    def documents(self) -> Iterator[Document]:
        index, take = 0, self.take
        try:
            for event in yaml.parse(self.text, Loader=_LOADER):
                kind = type(event)
                if kind in take:
                    take[kind](event)
                elif kind is yaml.DocumentEndEvent:
                    if index >= MAX_DOCUMENTS:
                        raise self._refusal(event, f"has over {MAX_DOCUMENTS} documents")
                    yield Document(self.file, index, self.root, tuple(self.repeated), self.foreign)
                    index += 1
        except yaml.MarkedYAMLError as error:
            raise self._error(error) from error
        except (yaml.YAMLError, ValueError) as error:
            reason = "holds a character that YAML forbids"
            raise DocumentError(self.file, self._line_of(error), reason) from error

    def _begin(self, event: Any) -> None:
        self.anchors, self.root = {}, None
        self.repeated, self.foreign = [], None

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self._refusal(event, f"has over {MAX_NODES} values")
        if (tag := event.tag) is not None and tag not in _TAGS and self.foreign is None:
            self.foreign = (tag.replace(_STANDARD, "!!"), self._place(event.start_mark))

    def _open(self, event: Any) -> None:
        self._count(event)
        if len(self.stack) >= MAX_DEPTH:
            raise self._refusal(event, f"is nested deeper than {MAX_DEPTH}")
        if event.anchor:
            self.anchors.pop(event.anchor, None)
        self.stack.append(_Open(event))

    def _close(self, end: Any) -> None:
        opened = self.stack.pop()
        start, mark = opened.event, opened.event.start_mark
        rest = (self._place(mark), mark.index, end.end_mark.index - mark.index)
        how = (start.tag or "", bool(start.flow_style), start.anchor or "")
        node: Mapping | Sequence
        if isinstance(start, yaml.SequenceStartEvent):
            node = Sequence(tuple(opened.children), *rest, *how)
        else:
            node = Mapping(self._pairs(opened.children), *rest, *how)
        self._give(node, start, opened.expanded, opened.height)

    def _pairs(self, children: list[Node]) -> tuple[Pair, ...]:
        keys = children[::2]
        if len({key.text if isinstance(key, Scalar) else id(key) for key in keys}) < len(keys):
            self._repeat(keys)
        return tuple(map(Pair, keys, children[1::2]))

    def _repeat(self, keys: list[Node]) -> None:
        """Note the keys that stand again; merge keys may, each merges its own."""
        first: dict[str, Place] = {}
        for key in keys:
            if isinstance(key, Scalar) and (key.text != "<<" or key.style):
                if key.text in first:
                    self.repeated.append(Repeated(key.text, key.place, first[key.text]))
                first.setdefault(key.text, key.place)

    def _give(self, node: Node, event: Any, expanded: int = 1, height: int = 0) -> None:
        """Give ``node`` to the collection that is open, and remember its anchor."""
        if event.anchor and not isinstance(node, Alias):
            self.anchors[event.anchor] = _Anchor(node, expanded, height)
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.children.append(node)
        parent.expanded += expanded
        if height >= parent.height:
            parent.height = height + 1
        if parent.expanded > FREELY_ADDED:
            budget = FREELY_ADDED + MOST_TIMES * self.nodes
            if parent.expanded > budget:
                reason = f"expands to over {budget} values through its aliases"
                raise self._refusal(event, reason)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        known = self.anchors.get(name)
        if known is None:
            cyclic = any(entry.event.anchor == name for entry in self.stack)
            reason = "contains itself" if cyclic else "is not defined before it is used"
            raise self._refusal(event, f"alias *{name} {reason}")
        self.nodes += 1
        if len(self.stack) + known.height > MAX_DEPTH:
            raise self._refusal(event, f"is nested deeper than {MAX_DEPTH} through its aliases")
        mark, at = event.start_mark, event.start_mark.index
        node = Alias(name, known.node, self._place(mark), at, event.end_mark.index - at)
        self._give(node, event, known.expanded, known.height)

    def _scalar(self, event: Any) -> None:
        self._count(event)
        text, mark = event.value, event.start_mark
        if len(text) <= _SHARED:
            text = sys.intern(text)
        elif not event.style and _DIGITS.fullmatch(text):
            raise self._refusal(event, f"holds a number of more than {MAX_DIGITS} digits")
        at, how = mark.index, (event.tag or "", event.style or "", event.anchor or "")
        node = Scalar(text, self._place(mark), at, event.end_mark.index - at, *how)
        self._give(node, event)

    def _place(self, mark: Any) -> Place:
        if (line := mark.line + 1) != self.line:  # else one number serves the whole line
            self.line = line
        return Place(self.file, self.line, mark.column + 1)

    def _refusal(self, event: Any, reason: str) -> DocumentError:
        return DocumentError(self.file, event.start_mark.line + 1, reason)

    def _error(self, error: yaml.MarkedYAMLError) -> DocumentError:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or "is not YAML"
        line = mark.line + 1 if mark else 1
        if mark and "cannot start any token" in problem and self._character(mark) == "\t":
            problem = "a tab indents it, where only spaces may"
        return DocumentError(self.file, line, f"is not YAML: {problem}")

    def _character(self, mark: yaml.Mark) -> str:
        return self.text[mark.index : mark.index + 1]

    def _line_of(self, error: Exception) -> int:
        """Find the line of a forbidden character; libyaml counts bytes."""
        if isinstance(error, UnicodeEncodeError):
            return self.text.count("\n", 0, error.start) + 1
        position = getattr(error, "position", None)
        if not isinstance(position, int):
            return 1
        return self.text.encode()[:position].count(b"\n") + 1
