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
from tasks.tools.command import SHORT_TIMEOUT, base_environment, run
from tasks.tools.errors import PermanentToolError
from tasks.tools.sources import MAX_TOTAL, looks_like_definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.platform.sources import Source

HEAD = "HEAD"
_SHORT = 12  # characters of a hash that people read
_FILES = ("100644", "100755")  # modes; links and submodules are no definitions
# Whose repository it is does not matter to a reader of its objects.
_OPTIONS = ("-c", "core.fsmonitor=false", "-c", "safe.directory=*")


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
    commit = _commit(top, since)
    there = _listed(top, commit, inner) if commit else {}
    names = {*files, *(source.asked or filter(looks_like_definition, source.files))}
    now = {name: source.files[name] for name in names if name in source.files}
    differ = [name for name, data in now.items() if not _same(data, there.get(name, ""))]
    ignored = _ignored(top, inner, [name for name in differ if name not in there])
    gone = [n for n in there if looks_like_definition(n) and not source.asked and n not in now]
    changed = sorted({*differ, *gone} - ignored)
    blobs = _bytes(top, [there[name] for name in changed if name in there])
    former = {name: blobs[there[name]] if name in there else None for name in changed}
    return Changes(f"{since} ({commit[:_SHORT]})" if commit else since, former)


def _commit(top: Path, since: str) -> str:
    """Find the commit to compare with; nothing in a repository without any."""
    asked = "" if since.startswith("-") else _said(top, "rev-parse", "-q", "--verify", _peel(since))
    head = _said(top, "rev-parse", "-q", "--verify", _peel(HEAD))
    if not asked and since != HEAD:
        what = f"The repository {top} has no commit {since}."
        raise HistoryError(what, f"Fetch it first: `git fetch origin {since}`.")
    if asked == head:
        return asked
    return _said(top, "merge-base", asked, head) or asked  # a shallow clone shares nothing


def _peel(name: str) -> str:
    return f"{name}^{{commit}}"


def _said(top: Path, *words: str) -> str:
    return _git(top, *words).decode(errors="replace").strip()


def _listed(top: Path, commit: str, inner: str) -> dict[str, str]:
    """Map the files of a commit below ``inner`` to the hashes of their bytes."""
    where = ("--", f"{inner}/") if inner else ()
    found: dict[str, str] = {}
    for row in _git(top, "ls-tree", "-r", "-z", commit, *where).split(b"\0"):
        about, _, name = row.partition(b"\t")
        mode, _, digest = about.decode().partition(" blob ")
        if mode in _FILES:
            found[os.fsdecode(name).removeprefix(f"{inner}/" if inner else "")] = digest
    return found


def _same(data: bytes, digest: str) -> bool:
    """Tell whether git would store ``data`` under ``digest``, line ends put right or not."""
    unified = data.replace(b"\r\n", b"\n")
    return any(digest == _hash(each, len(digest)) for each in {data, unified})


def _hash(data: bytes, length: int) -> str:
    made = hashlib.sha256() if length > hashlib.sha1().digest_size * 2 else hashlib.sha1()  # noqa: S324  # git's names, no protection
    made.update(b"blob %d\0" % len(data))
    made.update(data)
    return made.hexdigest()


def _ignored(top: Path, inner: str, names: Sequence[str]) -> set[str]:
    """Name those that git never stores: to have no commit is their way."""
    if not names:
        return set()
    start = f"{inner}/" if inner else ""
    asked = b"\0".join(os.fsencode(f"{start}{name}") for name in names)
    said = _git(top, "check-ignore", "-z", "--stdin", stdin=asked)
    return {os.fsdecode(each).removeprefix(start) for each in said.split(b"\0") if each}


def _bytes(top: Path, digests: Sequence[str]) -> dict[str, bytes]:
    """Read blobs by their hashes."""
    if not digests:
        return {}
    asked = "".join(f"{each}\n" for each in digests).encode()
    rest, found = _git(top, "cat-file", "--batch", stdin=asked), {}
    for digest in digests:
        head, _, rest = rest.partition(b"\n")
        if b" blob " not in head:
            what = f"The repository {top} lacks the former text of a file ({digest[:_SHORT]})."
            raise HistoryError(what, "Fetch it first: `git fetch --refetch`.")
        size = int(head.rpartition(b" ")[2])
        found[digest], rest = rest[:size], rest[size + 1 :]
    return found


def _git(top: Path, *words: str, stdin: bytes | None = None) -> bytes:
    done = run(
        "git",
        *_OPTIONS,
        *words,
        timeout=SHORT_TIMEOUT,
        stdin=stdin,
        cwd=top,
        env=_environment(),
        max_output=MAX_TOTAL,
        check=False,  # an answer "no" is an answer
    )
    return done.stdout


def _environment() -> dict[str, str]:
    """Leave out the user's own settings, and let nothing be fetched."""
    return base_environment(
        HOME=os.devnull,
        XDG_CONFIG_HOME=os.devnull,
        GIT_CONFIG_NOSYSTEM="1",
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_ALLOW_PROTOCOL="none",
        GIT_OPTIONAL_LOCKS="0",
    )
