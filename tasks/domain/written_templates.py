"""A template of a chart as the user wrote it: its lines, and which of them a patch may show.

An expression is no YAML. It is covered by a word of the same length, so that the
rest can be read as YAML; expressions with text of their own stay hidden.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from tasks.domain.platform.documents import DocumentError, parse
from tasks.domain.written import Written, read_text

if TYPE_CHECKING:
    from collections.abc import Callable

_CONTROL = re.compile(r"^[ \t]*(\{\{[^\n]*?\}\}[ \t]*)+(?=\r?$)", re.MULTILINE)
_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
_VALUE = re.compile(r"(?<=: )\{\{[^\n{}]*?\}\}(?=[ \t]*\r?$)", re.MULTILINE)
_EXPRESSION = re.compile(r"\{\{[^\n]*?\}\}")
# Names of values, functions and helpers; whatever else stands in quotes is somebody's text.
_PLAIN = re.compile(r"\{\{-?\s*(?:(?:include|template)\s+\"[\w.-]+\"|[\w.$:=,|()-]|\s)*\s*-?\}\}")
_HIDDEN = "\u00a7"


def is_template(file: str, data: bytes) -> bool:
    """Tell whether a file is a chart's template: by its folder, and expressions in it."""
    return "templates/" in file and b"{{" in data


def read_template(file: str, data: bytes) -> Written:
    """Read the bytes of a template.

    Raises:
        DocumentError: Not text, or too much of it.
    """
    plain = read_text(file, data)
    try:
        documents = parse(file, _covered(plain.text))
    except DocumentError:
        documents = ()  # no line may be shown, but it can be changed by a recipe
    return _Template(file, plain.text, documents, plain.encoding, plain.mark)


class _Template(Written):
    @cached_property
    def harmless(self) -> tuple[bool, ...]:
        """Which lines a patch may show."""
        covered = Written(self.file, _covered(self.text), self.documents)
        return covered.harmless if self.documents else (False,) * self.count


def _covered(text: str) -> str:
    """Cover expressions; one that is a whole value leaves an empty one."""
    text = _COMMENT.sub(lambda found: "\n".join(map(_remark, found[0].split("\n"))), text)
    text = _CONTROL.sub(_by(" ", _remark), text)
    text = _VALUE.sub(_by(" ", _hidden), text)
    return _EXPRESSION.sub(_by("x", _hidden), text)


def _by(cover: str, otherwise: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    def covered(found: re.Match[str]) -> str:
        whole = found[0]
        plain = all(_PLAIN.fullmatch(each) for each in _EXPRESSION.findall(whole))
        return cover * len(whole) if plain else otherwise(whole)

    return covered


def _remark(text: str) -> str:
    return "#" + _HIDDEN * (len(text) - 1) if text else ""


def _hidden(text: str) -> str:
    return _HIDDEN * len(text)
