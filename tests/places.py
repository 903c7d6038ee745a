"""Whether the places of a YAML tree point at the text that they claim."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.platform.nodes import Alias, Scalar
from tasks.domain.written import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.domain.platform.documents import Document
    from tasks.domain.platform.nodes import Node

# What may stand before a scalar, within its span.
_PROPERTIES = re.compile(r"(?:&[0-9A-Za-z_-]+\s*|!\S*\s+)*")
# YAML's own line ends, which libyaml counts.
_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


def misplaced(text: str, documents: Iterable[Document]) -> list[str]:
    """Name each node whose line, column or characters are not what it says."""
    # To libyaml the end of the text ends a line, too: what is empty may stand behind it.
    ends = [0, *(match.end() for match in _LINE_END.finditer(text)), len(text)]
    return [
        f"{type(node).__name__} at {node.place.line}:{node.place.column}: {fault}"
        for document in documents
        for node in nodes(document.root)
        if (fault := _fault(text, ends, node))
    ]


def _fault(text: str, ends: list[int], node: Node) -> str:
    start, end = node.start, node.end
    if not 0 <= start <= end <= len(text):
        return f"characters {start} to {end} of {len(text)}"
    if ends[node.place.line - 1] + node.place.column - 1 != start:
        return f"character {start} is not there"
    written = text[start:end]
    if isinstance(node, Alias):
        return "" if written == f"*{node.name}" else f"reads {written!r}"
    return _wrong_text(written, node) if isinstance(node, Scalar) else ""


def _wrong_text(written: str, node: Scalar) -> str:
    plain = _PROPERTIES.sub("", written, count=1)
    if node.style:
        return "" if plain.startswith(node.style) else f"opens with {plain[:1]!r}"
    simple = not _LINE_END.search(written)
    return "" if not simple or not node.text or plain == node.text else f"reads {plain!r}"
