"""Edits of YAML as text: what is not touched keeps every byte, comments and odd style included."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

Mapping = yaml.MappingNode
Sequence = yaml.SequenceNode
Edit = tuple[int, int, str]  # from, to, what stands there instead


_ANCHOR = re.compile(r"[\s:\-][&*]\w")


class Unfit(Exception):  # noqa: N818  # not an error: this place cannot take this edit
    """The place is written in a way that this edit does not know."""


@lru_cache(maxsize=64)
def documents(text: str) -> tuple[Mapping, ...]:
    """Give the root of each document that is a mapping, with places in ``text``."""
    every = yaml.compose_all(text, Loader=yaml.CSafeLoader)
    return tuple(each for each in every if isinstance(each, Mapping))


def get(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    """Walk down by keys; nothing when one is missing."""
    for key in keys:
        if not isinstance(node, Mapping):
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    return node


def plain(node: yaml.Node | None) -> Any:
    """Give what a node says; nothing when it is missing."""
    if node is None:
        return None
    if isinstance(node, Mapping):
        return {key.value: plain(value) for key, value in node.value}
    return [plain(each) for each in node.value] if isinstance(node, Sequence) else node.value


@dataclass(slots=True)
class Edits:
    """Edits of one text, collected and applied at once."""

    text: str
    made: list[Edit] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)  # files beside it, and their text

    def put(self, node: yaml.Node | None, value: Any, *keys: str) -> None:
        """Write ``value`` under ``keys``, making what is missing on the way."""
        if not isinstance(node, Mapping):
            raise Unfit
        first, *rest = keys
        below = get(node, first)
        if below is not None and rest and isinstance(below, Mapping) and below.value:
            self.put(below, value, *rest)
            return
        for key in reversed(rest):
            value = {key: value}
        if below is not None:
            self._replace(below, value)
        else:
            self._insert(node, f"{first}: {json.dumps(value)}")

    def add(self, node: yaml.Node | None, items: Iterable[Any], *keys: str) -> None:
        """Put items first in the list under ``keys``."""
        *way, last = keys
        for key in way:
            below = get(node, key)
            if below is None:
                self.put(node, list(items), *keys[keys.index(key) :])
                return
            node = below
        listed = get(node, last)
        if listed is None or listed.value in ("", "null", "~", []):
            self.put(node, list(items), last)
            return
        if not isinstance(listed, Sequence):
            raise Unfit
        start = listed.start_mark.index + listed.flow_style
        before, after = ("", ", ") if listed.flow_style else ("- ", "\n")
        after += "" if listed.flow_style else " " * listed.start_mark.column
        for item in items:
            self.made.append((start, start, f"{before}{json.dumps(item)}{after}"))

    def drop(self, node: yaml.Node | None, key: str) -> None:
        """Take a key and what is under it away; nothing happens when it is not there."""
        if not isinstance(node, Mapping):
            return
        pairs = node.value
        at = next((i for i, (name, _) in enumerate(pairs) if name.value == key), None)
        if at is None:
            return
        name, value = pairs[at]
        if _ANCHOR.search(self.text[name.end_mark.index : self._end(value)]):
            raise Unfit
        if len(pairs) == 1:
            self._replace(node, {})
        elif at + 1 < len(pairs):
            self.made.append((name.start_mark.index, pairs[at + 1][0].start_mark.index, ""))
        elif node.flow_style:
            raise Unfit
        else:
            self.made.append((name.start_mark.index, self._end(value), ""))

    def append(self, text: str) -> None:
        """Write something at the end of the file."""
        end = len(self.text)
        gap = "" if self.text.endswith("\n") else "\n"
        self.made.append((end, end, gap + text))

    def beside(self, name: str, text: str) -> None:
        """Write something at the end of another file in the same folder."""
        self.others.append((name, text))

    def applied(self) -> str:
        """Give the text with all edits; two at one place stand in the order of their making."""
        for (_, end, _), (start, _, _) in pairwise(sorted(self.made, key=lambda e: e[:2])):
            if start < end:
                raise Unfit
        done = self.text
        for start, end, instead in sorted(self.made, key=lambda e: e[:2], reverse=True):
            done = done[:start] + instead + done[end:]
        return done

    def _replace(self, node: yaml.Node, value: Any) -> None:
        start, end = node.start_mark.index, self._end(node)
        if _ANCHOR.search(" " + self.text[start:end]):
            raise Unfit
        gap = "" if self.text[start - 1 : start].isspace() else " "
        self.made.append((start, end, gap + json.dumps(value)))

    def _insert(self, node: Mapping, pair: str) -> None:
        if not node.value:
            self._replace(node, yaml.safe_load(f"{{{pair}}}"))
            return
        start = node.value[0][0].start_mark
        between = ", " if node.flow_style else "\n" + " " * start.column
        self.made.append((start.index, start.index, pair + between))

    def _end(self, node: yaml.Node) -> int:
        start, end = node.start_mark.index, node.end_mark.index
        return start + len(self.text[start:end].rstrip())
