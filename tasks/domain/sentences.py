"""Say in the reader's language why something was not read, assessed, changed or proven.

Reasons are born in English where they arise, travel as plain text through results,
ledger and bundle, and are worded at the edge: each has an id in `knowledge/sentences`,
the English text there is its pattern, and what stands in the braces are its parameters.
So stored values need no second form, and a bundle of last year speaks both languages.

Parameters named `reason` and `kind` are sentences themselves; `said` is the word of an
outside program and stays as it was said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from string import Formatter
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENGLISH = "en"
# What a parameter looks like, where its name says so; all others are any text.
_SHAPES = {"n": r"-?\d+", "place": r"[^\n]+?:\d+"}
_NESTED = frozenset(("reason", "kind"))
_BORDERS = (re.compile(r"(?<=[.!?]) (?=[A-Z`])"), re.compile(r"; "))
_SEMICOLON = "\uff1b"  # the full-width one
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class _Known:
    """One sentence: its pattern in English, and its text in the other languages by id."""

    id: str
    pattern: re.Pattern[str]


def in_language(sentence: str, language: str) -> str:
    """Say ``sentence`` in ``language``; what is not known stays as it is.

    Several sentences in one text are said one by one.
    """
    if language == ENGLISH or not sentence:
        return sentence
    return _said(sentence, language)


def known(sentence: str) -> bool:
    """Tell whether ``sentence`` as a whole is one of ours."""
    return _find(sentence) is not None


@lru_cache(maxsize=4096)
def _said(sentence: str, language: str) -> str:
    found = _find(sentence)
    if found is not None:
        name, values = found
        said = {key: _value(key, each, language) for key, each in values.items()}
        return texts(language)[name].format_map(said)
    for border in _BORDERS:
        parts = border.split(sentence)
        if len(parts) > 1 and any(map(known, parts)):
            return _joined([_said(each, language) for each in parts], sentence)
    return sentence


def _value(key: str, value: str, language: str) -> str:
    return _said(value, language) if key in _NESTED else value


def _joined(parts: list[str], sentence: str) -> str:
    """Chinese sentences follow each other without a blank; clauses need their mark."""
    return "".join(parts) if parts[0].endswith("。") else _SEMICOLON.join(parts)


def _find(sentence: str) -> tuple[str, Mapping[str, str]] | None:
    exact, patterns = _catalogue()
    if sentence in exact:
        return exact[sentence], {}
    for each in patterns:
        if match := each.pattern.fullmatch(sentence):
            return each.id, match.groupdict()
    return None


@cache
def _catalogue() -> tuple[Mapping[str, str], tuple[_Known, ...]]:
    """Give sentences without parameters by their text, the others most telling first."""
    exact: dict[str, str] = {}
    patterns: list[tuple[int, _Known]] = []
    for name, text in texts(ENGLISH).items():
        parts = list(Formatter().parse(text))
        if all(field is None for _, field, _, _ in parts):
            exact["".join(literal for literal, *_ in parts)] = name
        else:
            told = sum(len(literal) for literal, *_ in parts)
            patterns.append((told, _Known(name, re.compile("".join(_expression(text)), re.DOTALL))))
    patterns.sort(key=lambda each: (-each[0], each[1].id))
    return exact, tuple(each for _, each in patterns)


def _expression(text: str) -> Iterator[str]:
    for literal, field, _, _ in Formatter().parse(text):
        yield re.escape(literal)
        if field:
            yield f"(?P<{field}>{_SHAPES.get(field, '.+?')})"


@cache
def texts(language: str) -> Mapping[str, str]:
    """Read the sentences of one language by id."""
    file = resources.files("knowledge") / "sentences" / f"{language}.yaml"
    loaded = yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506  # a safe loader, in C
    return {f"{room}.{name}": text for room, each in loaded.items() for name, text in each.items()}
