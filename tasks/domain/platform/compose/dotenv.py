"""Files of variables: ``.env`` beside the project, ``env_file`` of a service."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.interpolation import Environment, InterpolationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = re.compile(
    r"(?:export[ \t]+)?(?P<name>[A-Za-z0-9_.\-\[\]]+)[ \t]*(?P<sign>[=:]|(?=\r?\n|$))[ \t]*"
)
_ESCAPE = re.compile(r"\\([abcfnrtv$\"\\])")
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_COMMENT = re.compile(r"\s#")


class DotenvError(Exception):
    """A line that is no variable; ``line`` counts from 1, the text is not repeated."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def parse(text: str, known: Mapping[str, str]) -> dict[str, tuple[str | None, int]]:
    """Read variables as Docker Compose does; each with its line.

    A name without a sign takes its value from ``known``, None if it has none.
    Variables of ``known`` come before those of the file when values are filled in.

    Raises:
        DotenvError: A line is no variable, or a quote is not closed.
    """
    found: dict[str, tuple[str | None, int]] = {}
    values: dict[str, str] = dict(known)
    environment = Environment(values)
    at, size, line, counted = 0, len(text), 1, 0
    while (at := _start(text, at)) < size:
        line += text.count("\n", counted, at)
        counted = at
        key = _KEY.match(text, at)
        if key is None:
            raise DotenvError(line, "is no variable")
        if not key["sign"]:
            found[key["name"]] = (known.get(key["name"]), line)
            at = key.end()
            continue
        value, at = _value(text, key.end(), environment, line)
        found[key["name"]] = (value, line)
        if key["name"] not in known:
            values[key["name"]] = value
    return found


def _start(text: str, at: int) -> int:
    """Skip blank lines and comments."""
    size = len(text)
    while at < size:
        if text[at].isspace():
            at += 1
        elif text[at] == "#":
            end = text.find("\n", at)
            at = size if end < 0 else end
        else:
            break
    return at


def _value(text: str, at: int, environment: Environment, line: int) -> tuple[str, int]:
    quote = text[at : at + 1]
    try:
        if quote and quote in "'\"":
            inner, end = _quoted(text, at, quote, line)
            return (inner if quote == "'" else _double(inner, environment)), end
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        raw = text[at:end]
        comment = _COMMENT.search(raw)
        plain = (raw[: comment.start()] if comment else raw).strip()
        return environment.fill("" if plain.startswith("#") else plain), end
    except InterpolationError as error:
        raise DotenvError(line, str(error)) from error


def _quoted(text: str, at: int, quote: str, line: int) -> tuple[str, int]:
    end = at + 1
    while (end := text.find(quote, end)) >= 0:
        if text[end - 1] != "\\":
            return text[at + 1 : end].replace("\\'", "'") if quote == "'" else text[
                at + 1 : end
            ], end + 1
        end += 1
    raise DotenvError(line, "opens a quote that is never closed")


def _double(inner: str, environment: Environment) -> str:
    """Expand escapes, then variables; an escaped dollar stays a dollar."""
    expanded = _ESCAPE.sub(lambda m: "$$" if m[1] == "$" else _ESCAPED.get(m[1], m[1]), inner)
    return environment.fill(expanded)
