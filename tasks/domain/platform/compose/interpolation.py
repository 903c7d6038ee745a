"""Variables in Compose files, as Docker Compose fills them in.

``$X ${X} ${X:-d} ${X-d} ${X:?m} ${X?m} ${X:+a} ${X+a}``, nested, and ``$$`` for
a dollar. The environment is what the project's own files say: the variables of
whoever runs us must not change what we find.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from operator import is_
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.tree import ComposeError, Leaf, Row, Table, Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.nodes import Place

MAX_TEXT = 1 << 20  # variables that name each other twice would grow without bound
MAX_FILLED = 32 << 20  # characters that one environment fills in, in all texts together
_MAX_NESTING = 20
_NAME = re.compile(r"[_A-Za-z][_A-Za-z0-9]*")
_OPERATOR = re.compile(r":?[-?+]")


class InterpolationError(Exception):
    """A text that Docker Compose would not interpolate; the message names no value."""


@dataclass(slots=True)
class Environment:
    """What variables stand for; remembers which were asked for and are not set."""

    values: Mapping[str, str]
    unset: dict[str, Place | None] = field(default_factory=dict)
    filled: int = 0

    def fill(self, text: str, place: Place | None = None, depth: int = 0) -> str:
        """Fill in the variables of ``text``.

        Raises:
            InterpolationError: Not a valid template, or a required variable is missing.
        """
        if "$" not in text:
            return text
        if depth > _MAX_NESTING:
            msg = "is nested too deeply"
            raise InterpolationError(msg)
        parts: list[str] = []
        at = size = 0
        while (dollar := text.find("$", at)) >= 0:
            filled, end = self._variable(text, dollar, place, depth)
            parts += (text[at:dollar], filled)
            size += dollar - at + len(filled)
            self.filled += len(filled)
            if size > MAX_TEXT or self.filled > MAX_FILLED:
                msg = "grows beyond what is read"
                raise InterpolationError(msg)
            at = end
        return "".join((*parts, text[at:]))

    def _variable(self, text: str, at: int, place: Place | None, depth: int) -> tuple[str, int]:
        """Give what stands for the variable at ``at``, and where the text goes on."""
        if text.startswith("$", at + 1):
            return "$", at + 2
        if text.startswith("{", at + 1):
            end = _closing(text, at + 2)
            return self._braced(text[at + 2 : end], place, depth), end + 1
        name = _NAME.match(text, at + 1)
        if name is None:  # a lone dollar is a dollar
            return "$", at + 1
        return self._plain(name[0], place), name.end()

    def _plain(self, name: str, place: Place | None) -> str:
        if name not in self.values:
            self.unset.setdefault(name, place)
        return self.values.get(name, "")

    def _braced(self, inner: str, place: Place | None, depth: int) -> str:
        name = _NAME.match(inner)
        rest = inner[name.end() :] if name else ""
        operator = _OPERATOR.match(rest)
        if name is None or (rest and operator is None):
            msg = "has an invalid interpolation format inside ${}"
            raise InterpolationError(msg)
        if operator is None:
            return self._plain(name[0], place)
        value = self.values.get(name[0])
        present = bool(value) if operator[0].startswith(":") else value is not None
        other = rest[operator.end() :]
        if operator[0].endswith("+"):
            return self.fill(other, place, depth + 1) if present else ""
        if present:
            return value or ""
        if operator[0].endswith("?"):
            msg = f"required variable {name[0]} is missing a value"
            raise InterpolationError(msg)
        return self.fill(other, place, depth + 1)


def _closing(text: str, start: int) -> int:
    opened, at = 1, start
    while at < len(text):
        if text.startswith("${", at):
            opened, at = opened + 1, at + 1
        elif text[at] == "}":
            opened -= 1
            if opened == 0:
                return at
        at += 1
    msg = "has an interpolation that is not closed"
    raise InterpolationError(msg)


def interpolate(
    tree: Tree, environment: Environment, problems: list[ComposeError], path: str = ""
) -> Tree:
    """Fill in every value of ``tree``; keys are never interpolated.

    A text that cannot be filled in goes to ``problems`` with its path. What is kept of it
    ends before its first variable: a default or a message in the braces may say anything.
    """
    if isinstance(tree, Table):
        filled = {
            k: interpolate(v, environment, problems, f"{path}.{k}" if path else k)
            for k, v in tree.items.items()
        }
        same = all(filled[k] is v for k, v in tree.items.items())
        return tree if same else replace(tree, items=filled)
    if isinstance(tree, Row):
        items = tuple(
            interpolate(v, environment, problems, f"{path}[{i}]") for i, v in enumerate(tree.items)
        )
        return tree if all(map(is_, items, tree.items)) else replace(tree, items=items)
    try:
        return _leaf(tree, environment)
    except InterpolationError as error:
        message = f"error while interpolating {path}: {error}"
        problems.append(ComposeError(message, tree.place))
        kept = tree.text.partition("$")[0]
        return replace(tree, value=kept, text=kept, filled=True)


def _leaf(leaf: Leaf, environment: Environment) -> Leaf:
    if not isinstance(leaf.value, str) or "$" not in leaf.text:
        return leaf
    text = environment.fill(leaf.text, leaf.place)
    filled = text != leaf.text.replace("$$", "$") or "${" in leaf.text.replace("$$", "")
    return replace(leaf, value=text, text=text, filled=filled)
