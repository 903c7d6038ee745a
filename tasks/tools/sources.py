"""Files of a source, read on demand and never from outside its folder.

The walk is bounded, follows no link, and opens nothing that is not a regular
file: a pipe would block, a device would never end. What was skipped and could
have been a definition is in ``unread`` with its reason. A file keeps the bytes
of its first reading, so that everybody who looks at a source sees the same one.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from tasks.domain.exits import Exit
from tasks.domain.platform.documents import MAX_BYTES
from tasks.domain.platform.model import Unread
from tasks.domain.platform.sources import Source
from tasks.tools.errors import PermanentToolError

MAX_FILES = 200_000  # Kubernetes itself has about 30 000
MAX_FOLDERS = 50_000
MAX_TOTAL = 512 * 1024 * 1024  # bytes of definition files that we are ready to hold
SKIPPED = frozenset({".git", "node_modules", ".venv", ".cmi", "__pycache__"})
_SUFFIXES = (".yaml", ".yml", ".json", ".env", ".tpl")
_NAMES = ("dockerfile", "containerfile", ".env", "kustomization")
_REFUSED = (OSError, ValueError, RuntimeError)  # RuntimeError: a link that leads to itself
_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class SourceError(PermanentToolError):
    """There is nothing to read; ``exit`` is the code that a command ends with."""

    def __init__(self, what: str, remedy: str, code: Exit = Exit.USAGE) -> None:
        super().__init__(what, remedy)
        self.args = (what, remedy, code)
        self.exit = code


def read_source(paths: Sequence[Path]) -> Source:
    """Open the files under ``paths`` (one folder, or one or more files) as a source.

    A folder is its own root. Files are asked for within their nearest common
    folder, so that what they refer to beside them can be found.

    Raises:
        SourceError: A path is wrong, or there is no file in it.
    """
    if not paths:
        msg = "No path was given."
        raise SourceError(msg, "Name a folder or a file.", Exit.USAGE)
    places = [_resolved(path) for path in paths]
    name = " ".join(str(path) for path in paths)
    if len(places) == 1 and places[0].is_dir():
        files = Tree(places[0])
        files.walk()
        if not files.names and not files.unread:
            msg = f"{paths[0]} holds no file."
            raise SourceError(
                msg,
                "Point at the folder that holds the platform's definition.",
                Exit.NO_PLATFORM,
            )
        return Source(name, files, (), tuple(files.unread))
    root = Path(os.path.commonpath([str(p if p.is_dir() else p.parent) for p in places]))
    asked = tuple(dict.fromkeys(place.relative_to(root).as_posix() for place in places))
    files = Tree(root)
    return Source(name, files, asked, tuple(_unread_among(files, asked)))


def _resolved(path: Path) -> Path:
    """Find what the user named; a link that he typed himself may be followed."""
    try:
        place = path.expanduser().resolve(strict=True)
        mode = place.stat().st_mode
        if stat.S_ISDIR(mode):
            os.scandir(place).close()
    except _REFUSED as error:
        msg = f"{path} cannot be opened: {_why(error)}."
        raise SourceError(
            msg,
            "Check the path, or go to the folder that it is relative to.",
            Exit.USAGE,
        ) from error
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        msg = f"{path} is {_nature(mode)}, not a file or folder."
        raise SourceError(
            msg,
            "Name the file that holds the definition.",
            Exit.USAGE,
        )
    return place


def _unread_among(files: Tree, asked: Sequence[str]) -> Iterator[Unread]:
    """Say which of the ``asked`` files cannot be read; folders among them are walked."""
    for path in asked:
        if (files.root / path).is_dir():
            files.walk()
            yield from (each for each in files.unread if each.file.startswith(f"{path}/"))
        elif reason := files.refusal(path):
            yield Unread(path, 1, reason)


class Tree(Mapping[str, bytes]):
    """The regular files below ``root`` by their relative path; bytes are read when asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unread: list[Unread] = []
        self.names: list[str] = []
        self._walked = False
        self._kept: dict[str, bytes] = {}
        self._bytes_kept = 0

    def __getitem__(self, path: str) -> bytes:
        if path not in self._kept:
            try:
                data = self._read(path)
            except _REFUSED as error:
                raise KeyError(path) from error
            self._bytes_kept += len(data)
            self._kept[path] = data
        return self._kept[path]

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and not self.refusal(path)

    def __iter__(self) -> Iterator[str]:
        self.walk()
        return iter(self.names)

    def __len__(self) -> int:
        self.walk()
        return len(self.names)

    def refusal(self, path: str) -> str:
        """Say why ``path`` cannot be read, or nothing."""
        try:
            handle = self._open(path)
        except _REFUSED as error:
            return _why(error)
        os.close(handle)
        return ""

    def walk(self) -> None:
        """List the files, once. Links are not followed: what they mean inside is met anyway."""
        if self._walked:
            return
        self._walked = True
        total, folders = 0, [""]
        for seen, folder in enumerate(folders):
            if seen >= MAX_FOLDERS or len(self.names) >= MAX_FILES:
                self._skip(folder, f"more than {MAX_FILES} files: the rest was not looked at")
                break
            for entry in self._entries(folder):
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_symlink():
                    self._link(path)
                elif entry.is_dir(follow_symlinks=False):
                    self._folder(path, folders)
                else:
                    total = self._file(path, entry, total)
        self.names.sort()
        self.unread.sort(key=lambda each: each.file)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.root / folder) as entries:
                return sorted(entries, key=lambda each: each.name)
        except OSError as error:
            self._skip(folder or ".", _why(error))
            return []

    def _folder(self, path: str, folders: list[str]) -> None:
        name = path.rpartition("/")[2]
        if name in SKIPPED:
            return
        if name.lower().endswith((".yaml", ".yml")):
            self._skip(path, "is a folder, though it is named like a file")
        folders.append(path)

    def _file(self, path: str, entry: os.DirEntry[str], total: int) -> int:
        """Take up one file; return the bytes of definitions so far."""
        try:
            path.encode()
            status = entry.stat(follow_symlinks=False)
            if reason := self._objection(path, status, total):
                if looks_like_definition(path):
                    self._skip(path, reason)
                return total
        except _REFUSED as error:
            self._skip(path.encode(errors="replace").decode(), _why(error))
            return total
        self.names.append(path)
        return total + (status.st_size if looks_like_definition(path) else 0)

    def _objection(self, path: str, status: os.stat_result, total: int) -> str:
        if not stat.S_ISREG(status.st_mode):
            return f"is {_nature(status.st_mode)}, not a file"
        if not looks_like_definition(path):
            return ""
        if status.st_size > MAX_BYTES:
            return f"larger than {MAX_BYTES // 2**20} MiB, not read"
        if total + status.st_size > MAX_TOTAL:
            return f"the source holds more than {MAX_TOTAL // 2**20} MiB, the rest was not read"
        if not os.access(self.root / path, os.R_OK):
            return "may not be read by this user"
        return ""

    def _link(self, path: str) -> None:
        """Note a link that leads nowhere or outside; one that stays inside needs no word."""
        try:
            inside = self._inside(path)
        except _REFUSED as error:
            if looks_like_definition(path):
                self._skip(path, _why(error))
            return
        if inside is None:
            self._skip(path, "is a link that leaves the source, not followed")

    def _skip(self, path: str, reason: str) -> None:
        self.unread.append(Unread(path, 1, reason))

    def _inside(self, path: str) -> str | None:
        """Resolve ``path`` within the root; None when it leaves it."""
        place = (self.root / path).resolve(strict=True)
        return place.relative_to(self.root).as_posix() if place.is_relative_to(self.root) else None

    def _open(self, path: str) -> int:
        """Open a regular file inside the root, folder by folder, so that no link is raced in."""
        if path.startswith("/") or "\0" in path:
            msg = "leaves the source"
            raise ValueError(msg)
        inside = self._inside(path)
        if inside is None:
            msg = "leaves the source"
            raise ValueError(msg)
        handle = os.open(self.root, _PLAIN | os.O_DIRECTORY)
        for part in PurePosixPath(inside).parts:
            try:
                deeper = os.open(part, _PLAIN, dir_fd=handle)
            finally:
                os.close(handle)
            handle = deeper
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            os.close(handle)
            too_large = stat.S_ISREG(status.st_mode)
            raise ValueError("is too large" if too_large else f"is {_nature(status.st_mode)}")
        return handle

    def _read(self, path: str) -> bytes:
        with os.fdopen(self._open(path), "rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES or self._bytes_kept + len(data) > MAX_TOTAL:
            msg = "is too large"
            raise ValueError(msg)
        return data


def looks_like_definition(path: str) -> bool:
    """Tell whether a file's name makes it a possible part of a platform's definition."""
    name = path.rpartition("/")[2].lower()
    return name.endswith(_SUFFIXES) or name.startswith(_NAMES)


def _nature(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
        (stat.S_ISLNK, "a link"),
    )
    return next((name for holds, name in kinds if holds(mode)), "not a regular file")


def _why(error: Exception) -> str:
    """Put an error of the operating system into words for people."""
    if isinstance(error, FileNotFoundError):
        return "is not there (or is a link that leads nowhere)"
    if isinstance(error, PermissionError):
        return "may not be read by this user"
    if isinstance(error, RuntimeError) or getattr(error, "errno", 0) == errno.ELOOP:
        return "is a link that leads to itself"
    if isinstance(error, UnicodeError):
        return "has a name that is not text"
    if isinstance(error, OSError):
        return (error.strerror or "cannot be read").lower()
    return str(error)
