"""One value, many ways to write it: block or flow, quotes, comments, indentation, line ends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:@")


@dataclass(frozen=True)
class Style:
    """How a file is written."""

    flow: int  # levels below which everything is written in flow style
    step: int  # columns of a level
    lists_indented: bool
    quote: str
    comments: bool
    line_end: str
    mark: bool
    final_newline: bool


def styles() -> st.SearchStrategy[Style]:
    """Give styles that real files have."""
    return st.builds(
        Style,
        flow=st.sampled_from((0, 2, 4, 99)),
        step=st.sampled_from((2, 4)),
        lists_indented=st.booleans(),
        quote=st.sampled_from(("", "'", '"')),
        comments=st.booleans(),
        line_end=st.sampled_from(("\n", "\r\n")),
        mark=st.booleans(),
        final_newline=st.booleans(),
    )


def rendered(value: Any, style: Style) -> bytes:
    """Write ``value`` in ``style``; what comes out must mean the same to any reader of YAML."""
    text = "\n".join(_block(value, 0, 0, style))
    if _meant(text) != value:
        raise AssertionError(text)  # the formatter, not what is tested
    text = text.replace("\n", style.line_end) + (style.line_end if style.final_newline else "")
    return ("\ufeff" if style.mark else "").encode() + text.encode()


def _meant(text: str) -> Any:
    """Ask another reader, in C: the one in Python would take most of the time."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def _block(value: Any, level: int, depth: int, style: Style, *, first: bool = True) -> list[str]:
    """Give the lines of a value that stands on lines of its own; ``first`` may be a comment."""
    margin = " " * level
    lines: list[str] = []
    if isinstance(value, dict) and value and depth < style.flow:
        for number, (key, member) in enumerate(value.items()):
            if style.comments and (number or first):
                lines.append(f"{margin}# about {key}")
            shift = 0 if isinstance(member, list) and not style.lists_indented else style.step
            lines += _member(f"{margin}{_scalar(key, style)}:", member, level + shift, depth, style)
        return lines
    if isinstance(value, list) and value and depth < style.flow:
        for item in value:
            inner = _block(item, level + 2, depth + 1, style, first=False)
            lines += [f"{margin}- {inner[0].lstrip()}", *inner[1:]]
        return lines
    note = " # why" if style.comments else ""
    return [f"{margin}{_flow(value, style)}{note}"]


def _member(head: str, member: Any, level: int, depth: int, style: Style) -> list[str]:
    if isinstance(member, dict | list) and member and depth + 1 < style.flow:
        return [head, *_block(member, level, depth + 1, style)]
    note = "  # why" if style.comments else ""
    return [f"{head} {_flow(member, style)}{note}"]


def _flow(value: Any, style: Style) -> str:
    if isinstance(value, dict):
        pairs = (f"{_scalar(k, style)}: {_flow(v, style)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item, style) for item in value) + "]"
    return _scalar(value, style)


def _scalar(value: Any, style: Style) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if style.quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=False) if style.quote or not _bare(value) else value


def _bare(value: str) -> bool:
    """Tell whether a text may stand without quotes and stay a text, in YAML 1.1 and 1.2."""
    simple = bool(value) and set(value) <= _PLAIN and not value.endswith(":") and ": " not in value
    return simple and value[0].isalpha() and _meant(value) == value


def same(data: DataObject, value: Any) -> tuple[bytes, bytes]:
    """Draw two ways to write one value."""
    one, other = data.draw(styles()), data.draw(styles())
    return rendered(value, one), rendered(value, other)
