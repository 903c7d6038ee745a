"""A revision of a git repository as a source, by git's plumbing alone.

A repository on this machine is read where it is: names, sizes and bytes of one commit's
files. Another one is fetched first, that commit only, into a private folder that goes away.
Nothing is checked out: no hook, filter, attribute or LFS has a chance, submodules are named
and not fetched, and git asks nobody for a password.
"""

from __future__ import annotations

import os
import posixpath
import re
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.domain.platform.locations import Location, in_repository
from tasks.domain.platform.model import NotAssessed
from tasks.domain.platform.sources import Source
from tasks.tools.command import run
from tasks.tools.errors import OutputTooLargeError, ProgramTimeoutError
from tasks.tools.held import Collection
from tasks.tools.objects import MOST, Objects, Stored, environment, settings
from tasks.tools.sources import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

FETCH = timedelta(minutes=3)
MAX_FETCHED = 512 * 1024 * 1024  # bytes of a commit as it comes over the wire
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LINK, _MODULE, _LONGEST_LINK = "120000", "160000", 4096
_LFS = b"version https://git-lfs.github.com/spec/"


def repository_at(path: Path) -> bool:
    """Tell whether ``path`` is a bare repository: its folder has no files of its own."""
    usable = os.access(path, os.X_OK) and path.is_dir()  # else whoever reads it says why
    head, *folders = (path / name for name in ("HEAD", "objects", "refs"))
    return usable and head.is_file() and all(each.is_dir() for each in folders)


def at_revision(path: Path, revision: str) -> Location:
    """Mean a revision of the repository that ``path`` is, or lies in.

    Raises:
        LocationError: the revision is none that git could know.
        SourceError: there is no repository.
    """
    place = path.expanduser().resolve()
    if repository_at(place):
        return in_repository(str(place), revision)
    folder = place if place.is_dir() else place.parent
    for top in (folder, *folder.parents):
        if (top / ".git").exists():
            return in_repository(str(top), revision, place.relative_to(top).as_posix())
    msg = f"{path} does not lie in a git repository."
    raise SourceError(msg, "Leave --rev out, or name a repository.", Exit.USAGE)


def read_revision(location: Location) -> Source:
    """Open a revision of a repository as a source, named by its commit.

    Raises:
        SourceError: there is no such repository, revision or folder, or it is too large.
        ProgramMissingError: there is no git here.
    """
    if _COMMIT.fullmatch(location.revision):
        return _of_commit(location)
    return _read(location)


@lru_cache(maxsize=2)
def _of_commit(location: Location) -> Source:
    """Keep what a commit gave: it never changes, and a run asks for it at every step."""
    return _read(location)


def _read(location: Location) -> Source:
    with _opened(location) as (objects, wanted):
        commit = _commit(objects, wanted, location)
        listed = list(objects.listed(commit, location.inside))
        asked = _only_file(listed, location.inside)
        if asked:  # what it refers to lies beside it
            listed = list(objects.listed(commit, posixpath.dirname(location.inside)))
        collection = Collection()
        files = [each for each in listed if _is_wanted(each, collection)]
        links = [each for each in listed if each.mode == _LINK and each.size <= _LONGEST_LINK]
        data = _bytes(objects, [*files, *links])
    for each in files:
        if data[each.digest].startswith(_LFS):
            collection.skip(each.name, "is kept by Git LFS, which is not asked")
        else:
            collection.keep(each.name, data[each.digest])
    for each in links:
        collection.link(each.name, data[each.digest].decode(errors="replace"))
    held = collection.files(whole=True)
    pinned = replace(location, revision=commit)
    modules = tuple(_missing(each) for each in listed if each.mode == _MODULE)
    if not held and not collection.unread:
        msg = f"{location.text} holds no file."
        raise SourceError(msg, "Name another folder or revision.", Exit.NO_PLATFORM)
    return Source(
        location.text,
        held,
        (asked,) if asked else (),
        tuple(collection.unread),
        place=pinned.text,
        not_assessed=modules,
    )


def _only_file(listed: list[Stored], inside: str) -> str:
    """Give the name of the file that was asked for; nothing when it was a folder."""
    alone = len(listed) == 1 and listed[0].name == inside
    return posixpath.basename(inside) if alone else ""


def _is_wanted(each: Stored, collection: Collection) -> bool:
    return each.mode.startswith("100") and collection.wants(each.name, each.size)


def _missing(module: Stored) -> NotAssessed:
    remedy = "Point at its own repository, or at a clone that holds it."
    return NotAssessed(f"submodule {module.name}", "submodules are not fetched", remedy)


@contextmanager
def _opened(location: Location) -> Iterator[tuple[Objects, str]]:
    """Give the repository's objects, and the name that the revision has there."""
    if location.address.startswith("file://"):
        place = Path(location.address.removeprefix("file://"))
        folder = place / ".git" if (place / ".git").exists() else place
        if not folder.exists():
            msg = f"There is no repository at {place}."
            raise SourceError(msg, "Check the path.", Exit.USAGE)
        yield Objects(folder), location.revision
        return
    with tempfile.TemporaryDirectory(prefix="cmi-git-") as name:
        folder = Path(name) / "fetched.git"
        objects = Objects(folder)
        objects.ask("init", "--quiet", "--bare", str(folder))
        _fetch(folder, location)
        yield objects, "refs/cmi/asked"


def _fetch(folder: Path, location: Location) -> None:
    scheme = location.address.partition("://")[0]
    words = ("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules")
    options = (
        "http.lowSpeedLimit=1000",
        "http.lowSpeedTime=30",
        "http.followRedirects=initial",
    )
    asked = f"+{location.revision}:refs/cmi/asked"
    try:
        done = run(
            "git",
            *settings(*options),
            f"--git-dir={folder}",
            *words,
            location.address,
            asked,
            timeout=FETCH,
            env=environment(scheme, **_ssh()),
            max_file=MAX_FETCHED,
            check=False,
        )
    except ProgramTimeoutError as error:
        msg = f"{location.text} was not fetched within {FETCH}."
        raise SourceError(msg, "Clone it yourself, and name the clone.", Exit.USAGE) from error
    if done.exit_code:
        raise _unfetched(location, done.stderr)


def _unfetched(location: Location, said: str) -> SourceError:
    """Say why nothing came; git's own words may quote what the server said, so they stay out."""
    lower = said.lower()
    if "couldn't find remote ref" in lower or "not our ref" in lower or "unadvertised" in lower:
        msg = f"{location.address} has no revision {location.revision}."
        return SourceError(msg, "Name a branch, a tag, or a whole commit.", Exit.USAGE)
    if any(each in lower for each in ("could not read username", "authentication", "denied")):
        msg = f"{location.address} wants to know who asks, and we ask nobody for a password."
        remedy = "Clone it yourself and name the clone, or use git+ssh with a key."
        return SourceError(msg, remedy, Exit.USAGE)
    if any(each in lower for each in ("file size limit", "file too large", "signal 25")):
        msg = f"{location.text} is larger than {MAX_FETCHED // 2**20} MiB."
        return SourceError(msg, "Clone it yourself, and name the clone.", Exit.USAGE)
    msg = f"{location.text} could not be fetched."
    return SourceError(msg, "Check the address, and that this machine reaches it.", Exit.USAGE)


def _commit(objects: Objects, revision: str, location: Location) -> str:
    commit = objects.commit(revision)
    if not _COMMIT.fullmatch(commit):
        place = location.address.removeprefix("file://")
        msg = f"{place} has no revision {location.revision}."
        raise SourceError(msg, "Name a branch, a tag, or a whole commit.", Exit.USAGE)
    return commit


def _bytes(objects: Objects, files: list[Stored]) -> dict[str, bytes]:
    """Read files of the commit.

    Raises:
        SourceError: the repository lacks one, or they are too many.
    """
    try:
        found = objects.blobs(each.digest for each in files)
    except OutputTooLargeError as error:
        msg = f"The revision holds more than {MOST // 2**20} MiB."
        raise SourceError(msg, "Name a folder of it after #.", Exit.USAGE) from error
    for each in files:
        if each.digest not in found:
            msg = f"The repository lacks the object {each.digest[:12]}."
            raise SourceError(msg, "Fetch it whole: `git fetch --refetch`.", Exit.USAGE)
    return found


def _ssh() -> dict[str, str]:
    """Let keys stay with their agent, and nobody be asked."""
    agent = os.environ.get("SSH_AUTH_SOCK")
    return {
        **({"SSH_AUTH_SOCK": agent} if agent else {}),
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=20",
    }
