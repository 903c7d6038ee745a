"""Projects written down in a test, and how to read them."""

import textwrap

from tasks.domain.platform.compose.reader import read
from tasks.domain.platform.compose.resolve import Resolved, resolve
from tasks.domain.platform.containers import Container
from tasks.domain.platform.model import Entry, EntryKind, Platform
from tasks.domain.platform.nodes import Place
from tasks.domain.platform.sources import Source

MAIN = "compose.yaml"


def source_of(files: dict[str, str]) -> Source:
    return Source("shop", {k: textwrap.dedent(v).encode() for k, v in files.items()})


def entry_of(*paths: str) -> Entry:
    return Entry("compose", EntryKind.COMPOSE, paths or (MAIN,))


def resolved_of(files: dict[str, str] | str, *paths: str) -> Resolved:
    files = {MAIN: files} if isinstance(files, str) else files
    return resolve(source_of(files), entry_of(*paths))


def platform_of(files: dict[str, str] | str, *paths: str) -> Platform:
    files = {MAIN: files} if isinstance(files, str) else files
    return read(source_of(files), entry_of(*paths))


def container_of(files: dict[str, str] | str, *paths: str) -> Container:
    """Give the first service's container."""
    return platform_of(files, *paths).services[0].containers[0]


def errors_of(files: dict[str, str] | str, *paths: str) -> list[str]:
    return [problem.message for problem in resolved_of(files, *paths).problems]


def text_at(files: dict[str, str], place: Place, length: int) -> str:
    """Give the characters that stand at ``place``."""
    line = textwrap.dedent(files[place.file]).splitlines()[place.line - 1]
    return line[place.column - 1 :][:length]
