"""The lock file without what only tests need: a first start downloads half as much.

Every entry says in its `# via` comments who wants it. Whoever is wanted by nobody but
the test tools is a test tool too.
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

_ENTRY = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)
Project: TypeAlias = dict[str, object]  # the `project` table of pyproject.toml
_VIA = re.compile(r"^    #(?: via)?\s+([A-Za-z0-9._-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One locked version, with who wants it."""

    name: str
    text: str
    wanted_by: frozenset[str]


def parse(lock: str) -> list[Entry]:
    """Split the lock file into its entries."""
    starts = [match.start() for match in _ENTRY.finditer(lock)]
    texts = [lock[a:b] for a, b in pairwise([*starts, len(lock)])]
    return [_entry(text) for text in texts]


def without_extra(lock: str, project: Project, extra: str = "test") -> str:
    """Return the lock file without what only the project's ``extra`` needs."""
    extras = project["optional-dependencies"]
    assert isinstance(extras, dict)  # noqa: S101  # the table's own form
    return only(lock, project, *(name for name in extras if name != extra))


def only(lock: str, project: Project, *wanted: str) -> str:
    """Return the part of the lock file that the project needs with the ``wanted`` extras."""
    extras = project["optional-dependencies"]
    assert isinstance(extras, dict)  # noqa: S101  # the table's own form
    grown = _names(project["dependencies"])
    for name in wanted:
        grown |= _names(extras[name])
    entries = parse(lock)
    kept: set[str] = set()
    while grown:
        kept |= grown
        grown = {entry.name for entry in entries if entry.wanted_by & kept} - kept
    return "".join(entry.text for entry in entries if entry.name in kept)


def main() -> None:
    """Print what `cmi check` alone needs, of the checkout that was named."""
    checkout = Path(sys.argv[1])
    settings = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    lock = (checkout / "requirements.lock").read_text(encoding="utf-8")
    sys.stdout.write(only(lock, settings["project"]))


def _entry(text: str) -> Entry:
    name = text.split("==", 1)[0]
    return Entry(_normal(name), text, frozenset(_normal(w) for w in _VIA.findall(text)))


def _names(requirements: object) -> set[str]:
    assert isinstance(requirements, list)  # noqa: S101  # the table's own form
    return {_normal(re.split(r"[\[<>=!~; ]", text, maxsplit=1)[0]) for text in requirements}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
