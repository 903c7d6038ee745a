"""Files that are held in memory, because they lie in no folder: members of archives and commits.

Whoever opens such a thing offers what it finds; here is decided, once for all of them, what
is taken. Names never become paths, links are resolved among the files alone, and everything
is counted before it is held.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from tasks.domain.platform.documents import MAX_BYTES
from tasks.domain.platform.model import Unread
from tasks.tools.sources import MAX_FILES, MAX_TOTAL, SKIPPED, looks_like_definition

# What a definition refers to (Dockerfiles of any name, files of variables) is small.
SMALL = 1024 * 1024
_MOST_SMALL = 64 * 1024 * 1024
_MOST_HOPS = 8  # of links that lead to links
_SHOWN = 200  # characters of a name


class Held(Mapping[str, bytes]):
    """Files by name. What a link names is there, and is met only once when all are listed."""

    def __init__(self, files: Mapping[str, bytes], links: Mapping[str, str]) -> None:
        self._files = files
        self._links = links

    def __getitem__(self, path: str) -> bytes:
        return self._files[self._links.get(path, path)]

    def __contains__(self, path: object) -> bool:
        return path in self._files or path in self._links

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class Collection:
    """What is taken of an archive or a commit, and what is not, with the reason."""

    def __init__(self) -> None:
        self.unread: list[Unread] = []
        self._files: dict[str, bytes] = {}
        self._links: dict[str, str] = {}
        self._seen = 0
        self._total = 0
        self._small = 0
        self._full = False

    def wants(self, name: str, size: int) -> bool:
        """Tell whether the file ``name`` of ``size`` bytes is to be read; else note why not."""
        path = self._path(name)
        if path is None or self._full:
            return False
        self._seen += 1
        if self._seen > MAX_FILES:
            self._full = True
            self.skip(name, f"more than {MAX_FILES} files: the rest was not looked at")
            return False
        if not SKIPPED.isdisjoint(path.split("/")[:-1]):
            return False
        if not looks_like_definition(path):
            self._small += size if size <= SMALL else 0
            return size <= SMALL and self._small <= _MOST_SMALL
        self._total += size
        if size > MAX_BYTES:
            self.skip(name, f"larger than {MAX_BYTES // 2**20} MiB, not read")
        elif self._total > MAX_TOTAL:
            total = MAX_TOTAL // 2**20
            self.skip(name, f"the source holds more than {total} MiB, the rest was not read")
        else:
            return True
        return False

    def keep(self, name: str, data: bytes) -> None:
        """Take a file that was wanted."""
        if path := self._path(name):
            self._files[path] = data

    def link(self, name: str, target: str, *, hard: bool = False) -> None:
        """Note a link; a hard one names its target from the root, the other from its folder."""
        path = self._path(name)
        if path is None:
            return
        start = "" if hard else posixpath.dirname(path)
        place = posixpath.normpath(posixpath.join(start, target))
        if target.startswith("/") or place.split("/")[0] == "..":
            self.skip(name, "is a link that leaves the source, not followed")
        else:
            self._links[path] = place

    def skip(self, name: str, reason: str) -> None:
        """Say why something was not taken."""
        self.unread.append(Unread(_readable(name), 1, reason))

    def files(self, *, whole: bool = False) -> Held:
        """Give what was taken. A folder that holds all the rest, as in archives, goes."""
        top = "" if whole else self._top()
        files = {path.removeprefix(top): data for path, data in sorted(self._files.items())}
        links = {}
        for path in self._links:
            target = self._end(path)
            if target in self._files:
                links[path.removeprefix(top)] = target.removeprefix(top)
            elif looks_like_definition(path) and not self._is_folder(target):
                self.skip(path, "is not there (or is a link that leads nowhere)")
        self.unread = [
            Unread(each.file.removeprefix(top), each.line, each.reason)
            for each in sorted(dict.fromkeys(self.unread), key=lambda each: each.file)
        ]
        return Held(files, links)

    def _end(self, path: str) -> str:
        for _ in range(_MOST_HOPS):
            if path not in self._links:
                break
            path = self._links[path]
        return path

    def _is_folder(self, path: str) -> bool:
        return any(each.startswith(f"{path}/") for each in self._files)

    def _top(self) -> str:
        tops = {path.partition("/")[0] for path in (*self._files, *self._links)}
        alone = len(tops) == 1 and not tops & {*self._files, *self._links}
        return f"{tops.pop()}/" if alone else ""

    def _path(self, name: str) -> str | None:
        """Make a name a path inside the source; what cannot be one is noted."""
        reason = _objection(name)
        if reason:
            self.skip(name, reason)
            return None
        return posixpath.normpath(name)


def _objection(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        return "has a name that is not text"
    if "\0" in name or not name.strip("/."):
        return "has a name that is not text"
    plain = name.replace("\\", "/")
    if plain.startswith("/") or plain[1:2] == ":":
        return "has an absolute path, not read"
    return "leaves the source" if ".." in plain.split("/") else ""


def _readable(name: str) -> str:
    return name.encode(errors="replace").decode()[:_SHOWN]
