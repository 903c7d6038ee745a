"""The syntax of Dockerfiles: lines to instructions.

After the reference of the format: the escape directive, continuations with
comments inside, heredocs. Lines are those of the file.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.platform.documents import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYWORDS = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
MAX_LINES = 20_000
_DIRECTIVE = re.compile(r"#\s*([A-Za-z]+)\s*=\s*(\S.*?)\s*")
_HEREDOC = re.compile(r"(?<!<)<<(-?)([\"']?)([A-Za-z_]\w*)\2")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its keyword, and the rest on one line without continuations."""

    keyword: str
    rest: str
    line: int
    heredocs: tuple[str, ...] = ()
    end: int = 0  # its last line, without the heredocs

    @property
    def exec_form(self) -> bool:
        """Whether CMD, ENTRYPOINT and the like are a JSON list, so that no shell is between."""
        try:
            return isinstance(json.loads(self.rest), list)
        except ValueError:
            return False

    def flags(self) -> dict[str, str]:
        """Give the options before the arguments, as in ``--from=build``."""
        found = {}
        for word in self.rest.split():
            if not word.startswith("--"):
                break
            name, _, value = word.removeprefix("--").partition("=")
            found[name] = value
        return found


def instructions(path: str, text: str) -> tuple[Instruction, ...]:
    """Split a Dockerfile into its instructions.

    Raises:
        DocumentError: Something is no instruction, or a heredoc does not end.
    """
    # BuildKit's lines: a form feed or a separator of Unicode ends none.
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    if len(lines) > MAX_LINES:
        raise DocumentError(path, 1, f"has over {MAX_LINES} lines")
    return tuple(_split(path, lines, _escape(lines)))


def _escape(lines: list[str]) -> str:
    """Find the escape directive; directives stand before everything else."""
    for line in lines:
        found = _DIRECTIVE.fullmatch(line.strip())
        if found is None:
            break
        if found[1].lower() == "escape":
            return found[2]
    return "\\"


def _split(path: str, lines: list[str], escape: str) -> Iterator[Instruction]:
    number = 0
    while number < len(lines):
        start = number
        if not lines[number].strip() or lines[number].lstrip().startswith("#"):
            number += 1
            continue
        whole, number = _joined(lines, number, escape)
        end = number
        keyword, _, rest = whole.strip().partition(" ")
        keyword, rest = _keyword(path, start + 1, keyword, rest)
        names = _HEREDOC.findall(rest) if keyword in {"RUN", "COPY", "ADD"} else []
        bodies = []
        for dash, _, name in names:
            body, number = _heredoc(path, lines, number, (name, bool(dash)))
            bodies.append(body)
        yield Instruction(keyword, rest, start + 1, tuple(bodies), end)


def _keyword(path: str, line: int, keyword: str, rest: str) -> tuple[str, str]:
    word, _, more = keyword.partition("\t")
    if word.upper() not in KEYWORDS:
        raise DocumentError(path, line, f"{word[:40]} is no instruction of a Dockerfile")
    return word.upper(), f"{more} {rest}".strip()


def _joined(lines: list[str], number: int, escape: str) -> tuple[str, int]:
    """Join a line with those that continue it; comments and empty lines between do not count."""
    whole = ""
    while number < len(lines):
        line = lines[number].rstrip()
        number += 1
        if whole and (not line.strip() or line.lstrip().startswith("#")):
            continue
        if not line.endswith(escape):
            return whole + line, number
        whole += line.removesuffix(escape) + " "
    return whole, number


def _heredoc(path: str, lines: list[str], number: int, end: tuple[str, bool]) -> tuple[str, int]:
    name, dash = end
    for at in range(number, len(lines)):
        if (lines[at].lstrip("\t") if dash else lines[at]) == name:
            return "\n".join(lines[number:at]), at + 1
    raise DocumentError(path, number, f"the text that ends with {name} does not end")
