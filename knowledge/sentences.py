"""What commands say to people, in the reader's language.

The code says every sentence in English, where it belongs; the catalogue `sentences.yaml` has
the same sentence, with a name for each value in it, and its translation.
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
    from collections.abc import Mapping

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Where one sentence may end and the next begin.
_BETWEEN = re.compile(r"(?<=[.?!:)]) (?=\S)")
_MOST_PARTS = 12  # longer texts are the complaints of programs, not ours


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, as the code says it and translated; values stand in braces."""

    id: str
    words: Mapping[str, str]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Recognise the English sentence with any values in it."""
        parts = Formatter().parse(self.words["en"])
        found = (re.escape(text) + (f"(?P<{name}>.+?)" if name else "") for text, name, *_ in parts)
        return re.compile("".join(found), re.DOTALL)

    @property
    def weight(self) -> int:
        """How many characters of the sentence are our own."""
        return sum(len(text) for text, *_ in Formatter().parse(self.words["en"]))


class Said(NamedTuple):
    """A translation, and how many characters of the text it is sure of."""

    sure: int
    text: str


@cache
def sentences() -> tuple[Sentence, ...]:
    """Read the catalogue, once a process."""
    text = (resources.files("knowledge") / "sentences.yaml").read_text("utf-8")
    raw = yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader, in C
    return tuple(Sentence(name, words) for name, words in raw.items())


def translated(text: str, language: str) -> str:
    """Say ``text``, one or more sentences of ours, in ``language``.

    What the catalogue does not know stays as it is: paths, names, the words of other programs.
    """
    if language == "en":
        return text
    return "\n".join(reading(line, language).text for line in text.split("\n"))


@cache
def _patterns() -> tuple[tuple[Sentence, re.Pattern[str], int], ...]:
    return tuple((each, each.pattern, each.weight) for each in sentences())


@lru_cache(maxsize=1024)
def reading(text: str, language: str) -> Said:
    """Find the reading of ``text`` that explains most of it: as a whole, or in parts."""
    readings = [Said(0, text), *_whole(text, language)]
    breaks = [found.end() for found in _BETWEEN.finditer(text)]
    for position in breaks if len(breaks) < _MOST_PARTS else ():
        first = reading(text[: position - 1], language)
        second = reading(text[position:], language)
        space = " " if first.text[-1:].isascii() else ""
        readings.append(Said(first.sure + second.sure, f"{first.text}{space}{second.text}"))
    return max(readings, key=lambda each: each.sure)


def _whole(text: str, language: str) -> list[Said]:
    found = []
    for sentence, pattern, weight in _patterns():
        if match := pattern.fullmatch(text):
            values = {name: reading(value, language) for name, value in match.groupdict().items()}
            said = sentence.words[language].format(**{k: v.text for k, v in values.items()})
            found.append(Said(weight + sum(v.sure for v in values.values()), said))
    return found
