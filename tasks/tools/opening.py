"""The one door to a platform's definition, wherever it is.

A folder, files, an archive, a revision of a repository, standard input, a running engine or
a cluster: each becomes a source, and whoever reads it need not know which it was.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.domain.platform.documents import MAX_BYTES
from tasks.domain.platform.locations import Kind, Location, LocationError, locate
from tasks.domain.platform.sources import Source
from tasks.tools.archives import is_archive, read_archive
from tasks.tools.repositories import at_revision, read_revision, repository_at
from tasks.tools.sources import SourceError, read_source

if TYPE_CHECKING:
    from collections.abc import Sequence

# What came in by standard input, by its name: it comes once, and a run asks at every step.
_CAME_IN: dict[str, bytes] = {}


def open_source(places: Sequence[str | Path]) -> Source:
    """Open what somebody named.

    Raises:
        SourceError: it is not there, cannot be read, or holds nothing.
        ToolError: whoever has to be asked does not answer.
    """
    typed = [str(each) for each in places]
    known = [meant(each) for each in typed]
    other = [each for each in known if each.kind is not Kind.FILES]
    if other and len(known) > 1:
        msg = f"{other[0].text} cannot be taken together with other sources."
        raise SourceError(msg, "Name it alone.", Exit.USAGE)
    if not other and len(typed) == 1 and is_archive(Path(typed[0]).expanduser()):
        path = Path(typed[0]).expanduser().resolve()
        return _placed(read_archive(path), str(path), typed[0])
    if not other:
        place = str(Path(typed[0]).expanduser().resolve()) if len(typed) == 1 else ""
        return _placed(read_source([Path(each) for each in typed]), place, "")
    return _open(other[0])


def meant(typed: str, revision: str = "") -> Location:
    """Tell what somebody means; a bare repository is its last commit.

    Raises:
        SourceError: nobody can tell.
    """
    try:
        location = locate(typed)
        path = Path(typed).expanduser()
        if location.kind is Kind.FILES and (revision or repository_at(path)):
            return at_revision(path, revision)
    except LocationError as error:
        raise SourceError(error.what, error.remedy, Exit.USAGE) from error
    if revision:
        msg = "--rev names a revision of a repository on this machine."
        raise SourceError(msg, "Write git+URL@REVISION for another one.", Exit.USAGE)
    return location


def paths_of(places: Sequence[str | Path]) -> tuple[Path, ...]:
    """Give the files and folders among ``places``; none when the source is something else."""
    typed = [str(each) for each in places]
    if any(meant(each).kind is not Kind.FILES for each in typed):
        return ()
    paths = tuple(Path(each) for each in typed)
    return () if any(is_archive(path.expanduser()) for path in paths) else paths


def _placed(source: Source, place: str, name: str) -> Source:
    return Source(name or source.name, source.files, source.asked, source.unread, place=place)


def _open(location: Location) -> Source:
    if location.kind is Kind.INPUT:
        return _read_input(location)
    if location.kind is Kind.ENGINE:
        from tasks.tools.running import read_engine  # noqa: PLC0415  # its client loads slowly

        return read_engine(location)
    if location.kind is Kind.CLUSTER:
        from tasks.tools.cluster import read_cluster  # noqa: PLC0415  # as above

        return read_cluster(location)
    return read_revision(location)


def _read_input(location: Location) -> Source:
    name = location.inside
    if name not in _CAME_IN:
        if sys.stdin is None or sys.stdin.isatty():
            msg = "Nothing comes in by standard input."
            raise SourceError(msg, "Pipe a Compose file or manifests into the command.", Exit.USAGE)
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            msg = f"Standard input is larger than {MAX_BYTES // 2**20} MiB."
            raise SourceError(msg, "Name the file instead.", Exit.INPUT_UNREAD)
        _CAME_IN[name] = data
    files = {name: _CAME_IN[name]}
    return Source(location.text, files, (name,), place=location.text)
