"""The lock file without what only tests need: a first start downloads half as much.

Every entry says in its `# via` comments who wants it. Whoever is wanted by nobody but
the test tools is a test tool too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_ENTRY = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)
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


def without_extra(lock: str, project: dict[str, object]) -> str:
    """Return the lock file without what only the project's `test` extra needs.

    ``project`` is the `project` table of pyproject.toml.
    """
    extras = project["optional-dependencies"]
    assert isinstance(extras, dict)  # noqa: S101  # the table's own form
    kept_roots = _names(project["dependencies"])
    for name, requirements in extras.items():
        if name != "test":
            kept_roots |= _names(requirements)
    entries = parse(lock)
    kept: set[str] = set()
    grown = kept_roots
    while grown:
        kept |= grown
        grown = {entry.name for entry in entries if entry.wanted_by & kept} - kept
    return "".join(entry.text for entry in entries if entry.name in kept)


def _entry(text: str) -> Entry:
    name = text.split("==", 1)[0]
    return Entry(_normal(name), text, frozenset(_normal(w) for w in _VIA.findall(text)))


def _names(requirements: object) -> set[str]:
    assert isinstance(requirements, list)  # noqa: S101  # the table's own form
    return {_normal(re.split(r"[\[<>=!~; ]", text, maxsplit=1)[0]) for text in requirements}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
