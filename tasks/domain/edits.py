"""Edits of a YAML file that change one thing and leave every other character alone.

Each function looks at the tree, and answers with an `Edit` of the text: comments,
anchors, order, indentation, quotes, line ends and a missing final newline stay.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit
from tasks.domain.emitting import Tree, block, block_item, flow, quoted, scalar
from tasks.domain.platform.nodes import Mapping, Scalar, Sequence, Span

if TYPE_CHECKING:
    from tasks.domain.platform.nodes import Node, Pair
    from tasks.domain.written import Written

# An anchor or a tag before a value; they belong to the value's span and stay.
_PROPERTIES = re.compile(r"(?:&[0-9A-Za-z_-]+\s*|![^\s,\[\]{}]*\s+)*")
_BLOCK_STYLES = frozenset("|>")


class NotEditableError(ValueError):
    """The place is written in a way that we do not change automatically."""


def set_scalar(written: Written, node: Node, tree: Tree) -> Edit:
    """Replace the text of a scalar; its quotes, anchor and tag stay.

    Raises:
        NotEditableError: Not a scalar of one line, or an alias, whose target others share.
    """
    if not isinstance(node, Scalar) or node.style in _BLOCK_STYLES or node.tag:
        msg = "the value is not a plain or quoted text of its own"
        raise NotEditableError(msg)
    start, end = node.start, node.end
    start = _properties(written, start).end()
    if start >= end:
        return Edit(written.file, Span(end, end), " " + scalar(tree, written.manner.quote))
    if node.style and isinstance(tree, str):
        return Edit(written.file, Span(start, end), quoted(tree, node.style))
    return Edit(written.file, Span(start, end), scalar(tree, written.manner.quote))


def insert_key(written: Written, mapping: Mapping, name: str, tree: Tree) -> Edit:
    """Add a key to a mapping that does not have it.

    In a block mapping the place is the first one, from the top, with lines on
    both sides that a patch may show. It depends on the mapping alone, so that
    two changes which add to one mapping meet at one place and can be merged.

    Raises:
        NotEditableError: The mapping has the key, or is empty, or is written in an unusual way.
    """
    if mapping.named(name):
        msg = f"`{name}` is there already"
        raise NotEditableError(msg)
    if mapping.flow:
        return _insert_in_flow(written, mapping, name, tree)
    column = _column(written, mapping)
    lines = block(name, tree, column, written.manner)
    return _insert_lines(written, _best(written, mapping), lines)


def append_item(written: Written, sequence: Sequence, tree: Tree) -> Edit:
    """Add an item at the end of a list.

    Raises:
        NotEditableError: The list is written in an unusual way.
    """
    if sequence.flow:
        as_json = _is_json(sequence.items)
        text = flow(tree, written.manner.quote, as_json=as_json)
        if sequence.items:
            end = content_end(written, sequence.items[-1])
            return Edit(written.file, Span(end, end), ", " + text)
        at = sequence.end - 1
        return Edit(written.file, Span(at, at), text)
    column = _dash(written, sequence.items[-1]) if sequence.items else None
    if column is None:
        msg = "the list is empty or not written with one item a line"
        raise NotEditableError(msg)
    lines = block_item(tree, column, written.manner)
    return _insert_lines(written, last_line(written, sequence.items[-1]) + 1, lines)


def remove_pair(written: Written, mapping: Mapping, pair: Pair) -> Edit:
    """Remove a key with its value; a comment behind it stays, comments before it too.

    Raises:
        NotEditableError: It is the only key, or stands behind a list's dash.
    """
    if len(mapping.pairs) == 1:
        msg = "it is the only key of its mapping"
        raise NotEditableError(msg)
    if mapping.flow:
        return _remove_from_flow(written, [p.key for p in mapping.pairs], pair.key, pair.value)
    first = written.starts[line_of(written, pair.key.start)]
    if written.text[first : pair.key.start].strip(" "):
        msg = "it stands behind other text on its line"
        raise NotEditableError(msg)
    return _remove_lines(written, pair.key, pair.value)


def remove_item(written: Written, sequence: Sequence, index: int) -> Edit:
    """Remove one item of a list that keeps others.

    Raises:
        NotEditableError: It is the only item, or is written in an unusual way.
    """
    item = sequence.items[index]
    if len(sequence.items) == 1:
        msg = "it is the only item of its list"
        raise NotEditableError(msg)
    if sequence.flow:
        return _remove_from_flow(written, list(sequence.items), item, item)
    if _dash(written, item) is None:
        msg = "the list is not written with one item a line"
        raise NotEditableError(msg)
    return _remove_lines(written, item, item)


def line_of(written: Written, offset: int) -> int:
    """Tell which line, counted from 0, holds character ``offset``."""
    return bisect_right(written.starts, offset) - 1


def content_end(written: Written, node: Node) -> int:
    """Tell where the last character of ``node`` ends, without what follows a block collection."""
    while isinstance(node, Mapping | Sequence) and not node.flow:
        parts = node.items if isinstance(node, Sequence) else [p.value for p in node.pairs]
        if not parts:
            break
        node = parts[-1]
    end = node.end
    if isinstance(node, Scalar) and node.style in _BLOCK_STYLES:
        head = written.text[node.start : end].partition("\n")[0]
        # With `+` the blank lines at the end belong to the text.
        body = written.text[node.start : end]
        end = end if "+" in head else node.start + len(body.rstrip())
    return end


def last_line(written: Written, node: Node) -> int:
    """Tell on which line, counted from 0, ``node`` ends."""
    end = content_end(written, node)
    return line_of(written, max(end - 1, node.start) if end > node.start else end)


def _best(written: Written, mapping: Mapping) -> int:
    """Choose the line before which a key goes: where a patch can show both neighbours."""
    for pair in mapping.pairs:
        line = last_line(written, pair.value) + 1
        if _open(written, line - 1) and _open(written, line):
            return line
    first = written.starts[line_of(written, mapping.pairs[0].key.start)]
    own_line = not written.text[first : mapping.pairs[0].key.start].strip(" ")
    line = line_of(written, first)
    if own_line and line and _open(written, line - 1) and _open(written, line):
        return line
    return last_line(written, mapping.pairs[0].value) + 1


def _open(written: Written, line: int) -> bool:
    """Tell whether a patch may show this line; beyond the end there is nothing to hide."""
    if line >= written.count:
        return written.text.endswith("\n")
    return written.harmless[line]


def _column(written: Written, mapping: Mapping) -> int:
    if not mapping.pairs:
        msg = "the mapping is empty"
        raise NotEditableError(msg)
    key = mapping.pairs[0].key
    start = key.start
    before = written.text[written.starts[line_of(written, start)] : start]
    if before.strip(" -") or not isinstance(key, Scalar):
        msg = "the mapping's first key stands behind other text"
        raise NotEditableError(msg)
    return len(before)


def _dash(written: Written, item: Node) -> int | None:
    """Tell at which column the dash of ``item`` stands, when it is on the item's line."""
    first = written.starts[line_of(written, item.start)]
    before = written.text[first : item.start]
    bare = before.strip(" ") == "-"
    return before.index("-") if bare else None


def _insert_lines(written: Written, line: int, lines: list[str]) -> Edit:
    end = written.manner.line_end
    if line < written.count:
        at = written.starts[line]
        return Edit(written.file, Span(at, at), "".join(each + end for each in lines))
    at = len(written.text)
    if written.text.endswith("\n"):
        return Edit(written.file, Span(at, at), "".join(each + end for each in lines))
    return Edit(written.file, Span(at, at), "".join(end + each for each in lines))


def _insert_in_flow(written: Written, mapping: Mapping, name: str, tree: Tree) -> Edit:
    as_json = _is_json([pair.key for pair in mapping.pairs])
    pair = flow({name: tree}, written.manner.quote, as_json=as_json)[1:-1]
    if mapping.pairs:
        end = content_end(written, mapping.pairs[-1].value)
        return Edit(written.file, Span(end, end), f", {pair}")
    at = mapping.end - 1
    return Edit(written.file, Span(at, at), pair)


def _is_json(parts: tuple[Node, ...] | list[Node]) -> bool:
    return bool(parts) and isinstance(parts[0], Scalar) and parts[0].style == '"'


def _remove_lines(written: Written, first: Node, last: Node) -> Edit:
    start = written.starts[line_of(written, first.start)]
    line = last_line(written, last)
    stop = written.starts[line + 1] if line + 1 < written.count else len(written.text)
    end = content_end(written, last)
    behind = written.text[end:stop]
    if behind.strip():  # a comment is the user's: only what it speaks of goes
        begin = start + len(written.text[start:]) - len(written.text[start:].lstrip(" "))
        return Edit(written.file, Span(begin, stop - len(behind.lstrip(" "))), "")
    if stop == len(written.text) and not written.text.endswith("\n") and start:
        start -= 2 if written.text[:start].endswith("\r\n") else 1
    return Edit(written.file, Span(start, stop), "")


def _remove_from_flow(written: Written, firsts: list[Node], first: Node, last: Node) -> Edit:
    """Cut a part with the comma that parts it from its neighbour."""
    index = next(number for number, each in enumerate(firsts) if each is first)
    end = content_end(written, last)
    if index + 1 < len(firsts):
        return Edit(written.file, Span(first.start, firsts[index + 1].start), "")
    comma = written.text.rindex(",", 0, first.start)
    return Edit(written.file, Span(comma, end), "")


def _properties(written: Written, start: int) -> re.Match[str]:
    match = _PROPERTIES.match(written.text, start)
    if match is None:  # the pattern matches nothing at least
        raise AssertionError
    return match
