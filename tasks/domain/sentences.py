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
from typing import TYPE_CHECKING, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENGLISH = "en"
_FOLDERS = ("sentences", "commands")
# What a parameter looks like, where its name says so; all others are any text.
_SHAPES = {"n": r"-?\d+", "place": r"[^\n]+?:\d+"}
_NESTED = frozenset(("reason", "kind"))
_BORDERS = (re.compile(r"(?<=[.!?]) (?=[A-Z`])"), re.compile(r"; "))
_MOST_PARTS = 12  # longer texts are complaints of programs, with our remedy at the end
_SEMICOLON = "\uff1b"  # the full-width one
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class _Known:
    """One sentence: its pattern in English, and its text in the other languages by id."""

    id: str
    pattern: re.Pattern[str]
    told: int  # letters of our own


class Said(NamedTuple):
    """A text in the reader's language, and how many of its letters are known for ours."""

    sure: int
    text: str


def in_language(sentence: str, language: str) -> str:
    """Say ``sentence`` in ``language``; what is not known stays as it is.

    Several sentences in one text are said one by one.
    """
    if language == ENGLISH or not sentence:
        return sentence
    return reading(sentence, language).text


def known(sentence: str) -> bool:
    """Tell whether ``sentence`` as a whole is one of ours."""
    return any(_whole(sentence, ENGLISH))


@lru_cache(maxsize=4096)
def reading(text: str, language: str) -> Said:
    """Find the reading of ``text`` that explains most of it: as a whole, or in parts.

    Values may be anything, so a sentence can be mistaken for the value of another; what
    explains more letters by our own words is the better reading.
    """
    readings = [Said(0, text), *_whole(text, language), *_parts(text, language)]
    return max(readings, key=lambda each: each.sure)


def _whole(text: str, language: str) -> Iterator[Said]:
    exact, patterns = _catalogue()
    if text in exact:
        yield Said(_letters(text), texts(language)[exact[text]])
        return
    for each in patterns:
        if match := each.pattern.fullmatch(text):
            values = {
                key: reading(value, language) if key in _NESTED else Said(0, value)
                for key, value in match.groupdict().items()
            }
            said = texts(language)[each.id].format_map({k: v.text for k, v in values.items()})
            yield Said(each.told + sum(value.sure for value in values.values()), said)


def _parts(text: str, language: str) -> Iterator[Said]:
    """Take the text for two: before a border, and after it.

    A text of very many parts is the complaint of a program, with our remedy at its end.
    """
    for border in _BORDERS:
        found = list(border.finditer(text))
        few = len(found) <= _MOST_PARTS
        for match in found if few else found[-1:]:
            before, after = text[: match.start()], text[match.end() :]
            first = reading(before, language) if few else _alone(before, language)
            second = reading(after, language)
            if first.sure or second.sure:
                joined = _joined(first.text, match[0], second.text)
                yield Said(first.sure + second.sure, joined)


def _alone(text: str, language: str) -> Said:
    return max(_whole(text, language), key=lambda each: each.sure, default=Said(0, text))


def _letters(text: str) -> int:
    """Marks and blanks tell nothing: they stand in every text."""
    return sum(map(str.isalpha, text))


def _joined(first: str, border: str, second: str) -> str:
    """Chinese sentences follow each other without a blank; clauses need their mark."""
    if first.endswith("\u3002"):
        return first + second
    chinese = not second[:1].isascii() or not first[-1:].isascii()
    return first + (_SEMICOLON if chinese and border == "; " else border) + second


@cache
def _catalogue() -> tuple[Mapping[str, str], tuple[_Known, ...]]:
    """Give sentences without parameters by their text, the others most telling first."""
    exact: dict[str, str] = {}
    patterns: list[_Known] = []
    for name, text in texts(ENGLISH).items():
        parts = list(Formatter().parse(text))
        if all(field is None for _, field, _, _ in parts):
            exact["".join(literal for literal, *_ in parts)] = name
        else:
            told = sum(map(_letters, (literal for literal, *_ in parts)))
            pattern = re.compile("".join(_expression(text)), re.DOTALL)
            patterns.append(_Known(name, pattern, told))
    patterns.sort(key=lambda each: (-each.told, each.id))
    return exact, tuple(patterns)


def _expression(text: str) -> Iterator[str]:
    for literal, field, _, _ in Formatter().parse(text):
        yield re.escape(literal)
        if field:
            yield f"(?P<{field}>{_SHAPES.get(field, '.+?')})"


@cache
def texts(language: str) -> Mapping[str, str]:
    """Read the sentences of one language by id: reasons, and what commands say."""
    found: dict[str, str] = {}
    for folder in _FOLDERS:
        file = resources.files("knowledge") / folder / f"{language}.yaml"
        loaded = yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506  # a safe loader, in C
        for room, each in loaded.items():
            found |= {f"{folder}.{room}.{name}": text for name, text in each.items()}
    return found
