"""Entries of the real platforms, each source read once, and what is found in them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.platform.entries import find
from tasks.domain.platform.survey import survey
from tasks.tools.platforms import pick, read_platform
from tasks.tools.sources import read_source

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Entry, Platform
    from tasks.domain.platform.sources import Source


@cache
def entries(root: Path) -> tuple[Source, tuple[Entry, ...]]:
    """Read a source, and list the ways in which it defines platforms."""
    source = read_source([root])
    return source, tuple(each.entry for each in find(source, survey(source)))


def platform(source: Source, wanted: str | None = None) -> Platform:
    """Read one entry of a source that is in memory, or its default one."""
    chosen = pick([each.entry for each in find(source, survey(source))], wanted)
    assert chosen is not None, f"no platform in {sorted(source.files)}"
    return read_platform(source, chosen)


@cache
def found(root: Path, entry: str) -> tuple[Finding, ...]:
    """Find what is wrong with one entry of a platform."""
    source, known = entries(root)
    (chosen,) = (each for each in known if each.id == entry)
    return assess(read_platform(source, chosen))
