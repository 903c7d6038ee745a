"""What of a source differs from a commit of the repository that it lies in.

git's own comparison of files runs filters, monitors and fetches that a repository's settings
name, and nothing of the platform may be executed. So git only lists names, hashes and bytes of
the commit; the files of now are read and hashed here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.tools.errors import PermanentToolError
from tasks.tools.objects import Objects
from tasks.tools.sources import looks_like_definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.platform.sources import Source

HEAD = "HEAD"
_SHORT = 12  # characters of a hash that people read
_FILES = ("100644", "100755")  # modes; links and submodules are no definitions


class HistoryError(PermanentToolError):
    """There is no commit to compare with."""

    exit = Exit.USAGE


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from a commit: names within the source, and the bytes that they had there."""

    since: str  # as people read it
    former: Mapping[str, bytes | None]  # None: was not there

    def before(self, source: Source) -> Source:
        """Give the source as it was at the commit."""
        return replace(source, files=_Former(source.files, self.former), unread=())


class _Former(Mapping[str, bytes]):
    """Files of now, except those that changed."""

    def __init__(self, now: Mapping[str, bytes], former: Mapping[str, bytes | None]) -> None:
        self._now = now
        self._former = former

    def __getitem__(self, path: str) -> bytes:
        if path not in self._former:
            return self._now[path]
        data = self._former[path]
        if data is None:
            raise KeyError(path)
        return data

    def __contains__(self, path: object) -> bool:
        if path in self._former:
            return self._former[str(path)] is not None
        return path in self._now

    def __iter__(self) -> Iterator[str]:
        was = {path for path, data in self._former.items() if data is not None}
        return iter(sorted({*(path for path in self._now if path not in self._former), *was}))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def repository(paths: Sequence[Path]) -> tuple[Path, str]:
    """Find the repository that a source lies in, else the source itself, and the way inside."""
    roots = [path if path.is_dir() else path.parent for path in paths]
    root = Path(os.path.commonpath([each.resolve() for each in roots]))
    top = next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
    inner = root.relative_to(top).as_posix()
    return top, "" if inner == "." else inner


def changes(paths: Sequence[Path], source: Source, files: Iterable[str], since: str) -> Changes:
    """Compare ``files`` and all definitions of ``source`` with a commit.

    ``since`` names a commit or branch: what both histories share is compared with. ``HEAD``
    is the last commit, so that all that is not committed yet counts as changed.

    Raises:
        HistoryError: There is no such commit, or no repository.
        ProgramMissingError: There is no git here.
    """
    top, inner = repository(paths)
    if not (top / ".git").exists():
        what = f"{source.name} does not lie in a git repository."
        raise HistoryError(what, "Without one, compare with a baseline: `--new-only`.")
    objects = Objects(top / ".git", top)
    commit = _commit(objects, top, since)
    there = _listed(objects, commit, inner) if commit else {}
    names = {*files, *(source.asked or filter(looks_like_definition, source.files))}
    now = {name: source.files[name] for name in names if name in source.files}
    differ = [name for name, data in now.items() if not _same(data, there.get(name, ""))]
    ignored = _ignored(objects, inner, [name for name in differ if name not in there])
    gone = [n for n in there if looks_like_definition(n) and not source.asked and n not in now]
    changed = sorted({*differ, *gone} - ignored)
    blobs = _bytes(objects, top, [there[name] for name in changed if name in there])
    former = {name: blobs[there[name]] if name in there else None for name in changed}
    return Changes(f"{since} ({commit[:_SHORT]})" if commit else since, former)


def _commit(objects: Objects, top: Path, since: str) -> str:
    """Find the commit to compare with; nothing in a repository without any."""
    asked, head = objects.commit(since), objects.commit(HEAD)
    if not asked and since != HEAD:
        what = f"The repository {top} has no commit {since}."
        raise HistoryError(what, f"Fetch it first: `git fetch origin {since}`.")
    if asked == head:
        return asked
    return objects.said("merge-base", asked, head) or asked  # a shallow clone shares nothing


def _listed(objects: Objects, commit: str, inner: str) -> dict[str, str]:
    """Map the files of a commit below ``inner`` to the hashes of their bytes."""
    return {each.name: each.digest for each in objects.listed(commit, inner) if each.mode in _FILES}


def _same(data: bytes, digest: str) -> bool:
    """Tell whether git would store ``data`` under ``digest``, line ends put right or not."""
    unified = data.replace(b"\r\n", b"\n")
    return any(digest == _hash(each, len(digest)) for each in {data, unified})


def _hash(data: bytes, length: int) -> str:
    made = hashlib.sha256() if length > hashlib.sha1().digest_size * 2 else hashlib.sha1()  # noqa: S324  # git's names, no protection
    made.update(b"blob %d\0" % len(data))
    made.update(data)
    return made.hexdigest()


def _ignored(objects: Objects, inner: str, names: Sequence[str]) -> set[str]:
    """Name those that git never stores: to have no commit is their way."""
    if not names:
        return set()
    start = f"{inner}/" if inner else ""
    asked = b"\0".join(os.fsencode(f"{start}{name}") for name in names)
    said = objects.ask("check-ignore", "-z", "--stdin", stdin=asked)
    return {os.fsdecode(each).removeprefix(start) for each in said.split(b"\0") if each}


def _bytes(objects: Objects, top: Path, digests: Sequence[str]) -> dict[str, bytes]:
    """Read blobs by their hashes."""
    found = objects.blobs(digests)
    for digest in digests:
        if digest not in found:
            what = f"The repository {top} lacks the former text of a file ({digest[:_SHORT]})."
            raise HistoryError(what, "Fetch it first: `git fetch --refetch`.")
    return found
