"""Command lines of a Dockerfile's RUN, as far as a check needs to tell them apart.

No shell: quotes are taken off, the words between ``&&``, ``||``, ``;``, ``|`` and
line ends are one command each, and nothing is expanded or executed.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.dockerfile_syntax import Instruction

_ENDS = frozenset({"&&", "||", ";", "|", "&", ";;", "|&", "(", ")", "{", "}"})
_WORDS = frozenset(
    {"then", "do", "else", "if", "while", "until", "!", "time", "exec", "sudo", "-E"}
)
_RAISES = "sudo"
# A hostile Dockerfile must not cost more than a look.
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Command:
    """One command; ``piped`` when it reads what the one before it writes."""

    words: tuple[str, ...]
    piped: bool = False
    raised: bool = False  # started by sudo

    @property
    def program(self) -> str:
        """The name of what is started, without its folder."""
        return self.words[0].rpartition("/")[2]

    def has(self, *options: str) -> bool:
        """Tell whether one of ``options`` is among its words."""
        return any(word in options for word in self.words[1:])


def commands(instruction: Instruction) -> tuple[Command, ...]:
    """Give the commands of a RUN, in its shell form, its exec form, or as a heredoc."""
    text = _without_flags(instruction.rest)
    if instruction.heredocs:
        text = "\n".join(instruction.heredocs)
    text = text[:_LONGEST]
    if text.startswith("["):
        try:
            words = json.loads(text)
        except ValueError:
            words = None
        if isinstance(words, list) and all(isinstance(word, str) and word for word in words):
            return (Command(tuple(words)),) if words else ()
    return tuple(_split(text))


def _without_flags(rest: str) -> str:
    words = rest.split(" ")
    while words and words[0].startswith("--"):
        words.pop(0)
    return " ".join(words).strip()


def _split(text: str) -> Iterator[Command]:
    for line in text.splitlines():
        found: list[str] = []
        piped = raised = False
        for token in (*_tokens(line), ";"):
            if token not in _ENDS:
                raised |= not found and token == _RAISES
                if found or (token not in _WORDS and "=" not in token.split("/", 1)[0]):
                    found.append(token)
                continue
            if found:
                yield Command(tuple(found), piped, raised)
            found, piped, raised = [], token in {"|", "|&"}, False


def _tokens(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:  # an open quote
        return line.split()
