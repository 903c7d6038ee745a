"""Command lines reduced to named options and features: an argument may be a secret."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.tree import Leaf, Row, Tree
from tasks.domain.platform.containers import Variable
from tasks.domain.platform.features import features_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.platform.nodes import Place

_LONG = re.compile(r"--[A-Za-z][\w.-]{0,60}")
_ASSIGNED = re.compile(r"(?P<name>-{1,2}[A-Za-z][\w.-]{0,60})=(?P<text>.*)", re.DOTALL)
# `-psecret` is one word: of a short option only the letter is a name, but for these.
_SHORT = re.compile(r"(?P<name>-(?:Xmx|Xms|Xss|[A-Za-z]))(?P<text>.*)", re.DOTALL)


def arguments_of(tree: Tree | None, path: str, hosts: Mapping[str, str]) -> tuple[Variable, ...]:
    """Read ``command`` or ``entrypoint``; an option without ``=`` names the word behind it."""
    made: list[Variable] = []
    pending = ""
    for leaf, text, written, at in _words(tree, path):
        name, value = _option(text)
        if value is None:
            pending = name
            made.append(_variable(name, "", "", (leaf, at), hosts))
            continue
        source = _option(written)[1] or ""
        made.append(_variable(name or pending, value, source, (leaf, at), hosts))
        pending = ""
    return tuple(made)


def _variable(
    name: str, text: str, written: str, where: tuple[Leaf, str], hosts: Mapping[str, str]
) -> Variable:
    leaf, path = where
    features = features_of(text, hosts, name=name, written=written, interpolated=leaf.filled)
    place: Place = leaf.place
    return Variable(name, features, place, path)


def _option(text: str) -> tuple[str, str | None]:
    """Split into name and value; the value is None when it is the next word."""
    if found := _ASSIGNED.fullmatch(text):
        return found["name"], found["text"]
    if _LONG.fullmatch(text):
        return text, None
    if found := _SHORT.fullmatch(text):
        return found["name"], found["text"] or None
    return "", text


def _words(tree: Tree | None, path: str) -> Iterator[tuple[Leaf, str, str, str]]:
    """Yield each word with the leaf it stands in, its text as written, and its path."""
    if isinstance(tree, Row):
        for index, item in enumerate(tree.items):
            if isinstance(item, Leaf):
                yield item, item.text, item.written, f"{path}[{index}]"
    elif isinstance(tree, Leaf) and tree.value is not None:
        words, before = _split(tree.text), _split(tree.written)
        # Where filling in changed the number of words, no word can be told to be literal.
        aligned = before if len(before) == len(words) else [""] * len(words)
        for word, written in zip(words, aligned, strict=True):
            yield tree, word, written, path


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # an open quote
        return text.split()
