"""Bytes to YAML trees, within a budget.

Everything that can explode is counted while the parser's events arrive, before
anything walks the tree: bytes, depth, nodes, and the size that aliases and
merge keys would expand to. libyaml, which we use, is what the Go readers of
Docker Compose and Kubernetes were ported from, so it accepts what they accept.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from tasks.domain.platform.nodes import Alias, Mapping, Node, Pair, Place, Scalar, Sequence, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 16 * 1024 * 1024  # the largest public manifest we met has 0.5 MB
MAX_DEPTH = 100  # real platforms stay below 20
MAX_NODES = 2_000_000
MAX_EXPANDED = 2_000_000  # nodes after every alias is followed
MAX_DOCUMENTS = 200_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DocumentError(Exception):
    """A file that could not be read as YAML; ``reason`` is one sentence for people."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file. ``root`` is None when nothing is written in it."""

    file: str
    index: int
    root: Node | None


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
    return tuple(_Composer(file).documents(text))


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    event: yaml.CollectionStartEvent
    children: list[Node] = field(default_factory=list)
    expanded: int = 1


class _Composer:
    """Builds trees from events without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.nodes = 0
        self.anchors: dict[str, tuple[Scalar | Mapping | Sequence, int]] = {}
        self.stack: list[_Open] = []
        self.root: Node | None = None

    def documents(self, text: str) -> Iterator[Document]:
        index = 0
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                if isinstance(event, yaml.DocumentStartEvent):
                    self.anchors, self.root = {}, None
                elif isinstance(event, yaml.DocumentEndEvent):
                    self._check(index < MAX_DOCUMENTS, event, f"has over {MAX_DOCUMENTS} documents")
                    yield Document(self.file, index, self.root)
                    index += 1
                elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                    self._take(event)
        except yaml.MarkedYAMLError as error:
            raise self._error(error) from error
        except (yaml.YAMLError, ValueError) as error:
            raise DocumentError(self.file, 1, "holds a character that YAML forbids") from error

    def _take(self, event: yaml.Event) -> None:
        self.nodes += 1
        self._check(self.nodes <= MAX_NODES, event, f"has over {MAX_NODES} values")
        if isinstance(event, yaml.CollectionStartEvent):
            self._check(len(self.stack) < MAX_DEPTH, event, f"is nested deeper than {MAX_DEPTH}")
            if event.anchor:
                self.anchors.pop(event.anchor, None)
            self.stack.append(_Open(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            top = self.stack.pop()
            node = self._collection(top, event)
            self._place(node, top.expanded, top.event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.ScalarEvent):
            self._place(self._scalar(event), 1, event)

    def _place(self, node: Node, expanded: int, event: yaml.NodeEvent) -> None:
        """Give ``node`` to the collection that is open, and remember its anchor."""
        if event.anchor and not isinstance(node, Alias):
            self.anchors[event.anchor] = (node, expanded)
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.children.append(node)
        parent.expanded += expanded
        within = parent.expanded <= MAX_EXPANDED
        self._check(within, event, f"expands to over {MAX_EXPANDED} values through its aliases")

    def _alias(self, event: yaml.AliasEvent) -> None:
        name = event.anchor or ""
        known = self.anchors.get(name)
        if known is None:
            cyclic = any(entry.event.anchor == name for entry in self.stack)
            reason = "contains itself" if cyclic else "is not defined before it is used"
            raise DocumentError(self.file, _line(event), f"alias *{name} {reason}")
        node = Alias(name, known[0], *self._where(event, event))
        self._place(node, known[1], event)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        place, span = self._where(event, event)
        style = "" if event.style in (None, "") else event.style
        return Scalar(event.value, place, span, event.tag or "", style, event.anchor or "")

    def _collection(self, opened: _Open, end: yaml.Event) -> Mapping | Sequence:
        start = opened.event
        place, span = self._where(start, end)
        tag, flow, anchor = start.tag or "", bool(start.flow_style), start.anchor or ""
        if isinstance(start, yaml.SequenceStartEvent):
            return Sequence(tuple(opened.children), place, span, tag, flow, anchor)
        keys, values = opened.children[::2], opened.children[1::2]
        pairs = tuple(Pair(k, v) for k, v in zip(keys, values, strict=True))
        return Mapping(pairs, place, span, tag, flow, anchor)

    def _where(self, start: yaml.Event, end: yaml.Event) -> tuple[Place, Span]:
        first, last = _mark(start.start_mark), _mark(end.end_mark)
        place = Place(self.file, first.line + 1, first.column + 1)
        return place, Span(first.index, last.index)

    def _check(self, holds: bool, event: yaml.Event, reason: str) -> None:  # noqa: FBT001  # reads as an assertion
        if not holds:
            raise DocumentError(self.file, _line(event), reason)

    def _error(self, error: yaml.MarkedYAMLError) -> DocumentError:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or "is not YAML"
        return DocumentError(self.file, mark.line + 1 if mark else 1, f"is not YAML: {problem}")


def _mark(mark: Any) -> Any:
    """Both parsers set every mark; only the stubs allow None."""
    return mark


def _line(event: yaml.Event) -> int:
    return int(_mark(event.start_mark).line) + 1
