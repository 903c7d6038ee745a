"""A Dockerfile as the user wrote it, with its instructions and the lines that a patch may show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from tasks.domain.platform.dockerfile_syntax import Instruction, instructions
from tasks.domain.platform.shell import commands
from tasks.domain.written import Written, read_text, read_written
from tasks.domain.written_templates import is_template, read_template

if TYPE_CHECKING:
    from collections.abc import Iterator

_YAML = (".yaml", ".yml", ".json")
# Instructions whose words are names and paths, never text of somebody's own.
_NAMING = frozenset({"FROM", "WORKDIR", "USER", "EXPOSE", "COPY", "ADD"})
_WORD = re.compile(r"[\w./:@${}*=-]{1,120}")
_TELLING = re.compile(r"pass|secret|token|credential|key|auth", re.IGNORECASE)
# A run of letters and digits this long is rather a key than a name.
_RANDOM = re.compile(r"(?=[A-Za-z+/]*[0-9])(?=[0-9+/]*[A-Za-z])[A-Za-z0-9+/]{20,}")
# Commands of which every word is the name of a package, an option or a folder of an index.
_PACKAGING = frozenset({"apt", "apt-get", "aptitude", "apk", "rm"})
_PACKAGE = re.compile(
    r"&&|\\|apt(?:-get|itude)?|apk|rm|-{1,2}[a-z][a-z-]{0,30}|[a-z0-9][a-z0-9.+-]{0,40}"
    r"|/var/(?:lib/apt|cache/apk|cache/apt)[\w./*-]{0,40}"
)


@dataclass(frozen=True)
class WrittenDockerfile(Written):
    """One Dockerfile: its text and its instructions."""

    instructions: tuple[Instruction, ...] = field(default=(), repr=False)

    @cached_property
    def harmless(self) -> tuple[bool, ...]:
        """Which lines a patch may show: names of images, folders and packages; no free text."""
        shown = [not self.line(number).strip() for number in range(self.count)]
        for each in self.instructions:
            safe = _NAMING_TESTS.get(each.keyword, _never)(each)
            for number in range(each.line - 1, each.end):
                words = self.line(number).split()
                comment = bool(words) and words[0].startswith("#")
                shown[number] = safe and not comment and "\r" not in self.line(number)[:-2]
            for number in range(each.end, each.end + sum(h.count("\n") + 2 for h in each.heredocs)):
                if number < len(shown):
                    shown[number] = False
        return tuple(shown)

    def at(self, line: int) -> Instruction | None:
        """Give the instruction that begins at ``line``, counted from 1."""
        return next((each for each in self.instructions if each.line == line), None)

    def lines_of(self, instruction: Instruction) -> Iterator[tuple[int, str]]:
        """Give where each line of an instruction begins, and its text; comments are left out."""
        for number in range(instruction.line - 1, instruction.end):
            text = self.line(number)
            if text.strip() and not text.lstrip().startswith("#"):
                yield self.starts[number], text


def read_dockerfile(file: str, data: bytes) -> WrittenDockerfile:
    """Read the bytes of a Dockerfile.

    Raises:
        DocumentError: Not text, or no Dockerfile.
    """
    plain = read_text(file, data)
    found = instructions(file, plain.text)
    if len(plain.text.splitlines()) != plain.count:
        found = ()  # line ends that are none for git: nothing of it is changed or shown
    return WrittenDockerfile(file, plain.text, (), plain.encoding, plain.mark, found)


def read_file(file: str, data: bytes) -> Written:
    """Read a file of a platform: a Dockerfile or a template where its name says so, else YAML.

    Raises:
        DocumentError: It is none of these.
    """
    name = file.rpartition("/")[2].lower()
    if "dockerfile" in name and not name.endswith(_YAML):
        return read_dockerfile(file, data)
    if is_template(file, data):
        return read_template(file, data)
    return read_written(file, data)


def _never(instruction: Instruction) -> bool:
    return False


def is_name(word: str) -> bool:
    """Tell a word of names and folders from one that may be, or tell of, somebody's secret."""
    telling = _TELLING.search(word) or _RANDOM.search(word)
    return bool(_WORD.fullmatch(word)) and not telling


def _names(instruction: Instruction) -> bool:
    return not instruction.heredocs and all(map(is_name, instruction.rest.split()))


def _packages(instruction: Instruction) -> bool:
    found = commands(instruction)
    if instruction.heredocs or not found or {each.program for each in found} - _PACKAGING:
        return False
    words = instruction.rest.split()
    return all(_PACKAGE.fullmatch(word) and not _RANDOM.search(word) for word in words)


_NAMING_TESTS = {**dict.fromkeys(_NAMING, _names), "RUN": _packages}
