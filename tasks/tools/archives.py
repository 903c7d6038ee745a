"""Archives: ``.tar``, ``.tar.gz``, ``.tgz`` and ``.zip``, read into memory and never unpacked.

Nothing is written anywhere. Members that are no plain files (devices, pipes), that leave the
archive or name an absolute path are refused by name and the others are read. An archive that
swells beyond every use (a bomb) is refused as a whole while it is being read.
"""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
import zlib
from typing import IO, TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.domain.platform.sources import Source
from tasks.tools.held import Collection
from tasks.tools.sources import MAX_FILES, MAX_TOTAL, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENDINGS = (".tar", ".tar.gz", ".tgz", ".zip")
_MOST_RATIO = 200  # bytes from one; text packs 3 to 20 to one
_HARMLESS = 32 * 1024 * 1024  # what a bomb of any ratio may come to
_MOST_PACKED = 512 * 1024 * 1024
_CHUNK = 256 * 1024
_LONGEST_LINK = 4096
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError)
_UNPACKABLE = (NotImplementedError, RuntimeError)  # a way of packing, or a password


class _BombError(Exception):
    """It swells beyond every use."""


def is_archive(path: Path) -> bool:
    """Tell by its name whether a file is an archive."""
    return path.name.lower().endswith(ENDINGS) and path.is_file()


def read_archive(path: Path) -> Source:
    """Open an archive as a source.

    Raises:
        SourceError: It is broken, or a bomb, or holds no file.
    """
    collection = Collection()
    reader: Callable[[IO[bytes], Collection], None] = _tar
    if path.name.lower().endswith(".zip"):
        reader = _zip
    try:
        _refuse_size(path.stat().st_size)
        with path.open("rb") as packed:
            reader(packed, collection)
    except _BombError as error:
        msg = f"The archive {path} was not read, because it {error}."
        remedy = "Unpack it yourself, and point at the folder that holds the definition."
        raise SourceError(msg, remedy, Exit.INPUT_UNREAD) from error
    except (*_BROKEN, *_UNPACKABLE) as error:
        msg = f"The archive {path} is broken or cut short."
        raise SourceError(msg, "Make it again, or fetch it again.", Exit.INPUT_UNREAD) from error
    files = collection.files()
    if not files and not collection.unread:
        msg = f"{path} holds no file."
        remedy = "Point at the folder that holds the platform's definition."
        raise SourceError(msg, remedy, Exit.NO_PLATFORM)
    return Source(str(path), files, (), tuple(collection.unread))


def _refuse_size(packed: int) -> None:
    if packed > _MOST_PACKED:
        msg = f"is larger than {_MOST_PACKED // 2**20} MiB"
        raise _BombError(msg)


class _Measured(io.RawIOBase):
    """A stream that counts what it gives, and stops when that is out of all proportion."""

    def __init__(self, packed: IO[bytes], unpack: bool) -> None:  # noqa: FBT001  # one caller
        self._packed = packed
        self._unpacker = zlib.decompressobj(wbits=31) if unpack else None
        self._rest = b""
        self._in = self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._next(len(buffer))
        self._out += len(data)
        _refuse_bomb(self._in, self._out)
        buffer[: len(data)] = data
        return len(data)

    def _next(self, size: int) -> bytes:
        if self._unpacker is None:
            data = self._packed.read(size)
            self._in += len(data)
            return data
        while True:
            if not self._rest and not self._unpacker.eof:
                self._rest = self._packed.read(_CHUNK)
                self._in += len(self._rest)
                if not self._rest:
                    raise EOFError
            if self._unpacker.eof:
                return b""
            data = self._unpacker.decompress(self._rest, size)
            self._rest = self._unpacker.unconsumed_tail
            if data:
                return data


def _refuse_bomb(packed: int, unpacked: int) -> None:
    if unpacked > 2 * MAX_TOTAL:
        msg = f"unpacks to more than {2 * MAX_TOTAL // 2**20} MiB"
        raise _BombError(msg)
    if unpacked > _HARMLESS and unpacked > _MOST_RATIO * max(packed, 1):
        msg = f"unpacks to more than {_MOST_RATIO} times its size"
        raise _BombError(msg)


def _tar(packed: IO[bytes], collection: Collection) -> None:
    start = packed.read(2)
    packed.seek(0)
    stream = io.BufferedReader(_Measured(packed, start == b"\x1f\x8b"), _CHUNK)
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for number, member in enumerate(tar):
            if number >= MAX_FILES:
                msg = f"holds more than {MAX_FILES} members"
                raise _BombError(msg)
            _member(tar, member, collection)
            tar.members = []  # type: ignore[attr-defined]  # else each one is remembered


def _member(tar: tarfile.TarFile, member: tarfile.TarInfo, collection: Collection) -> None:
    if member.isdir():
        return
    if member.issym() or member.islnk():
        collection.link(member.name, member.linkname, hard=member.islnk())
    elif not member.isreg():
        kind = "a pipe" if member.isfifo() else "a device"
        collection.skip(member.name, f"is {kind}, not a file")
    elif collection.wants(member.name, member.size):
        data = tar.extractfile(member)
        collection.keep(member.name, data.read(member.size) if data else b"")


def _zip(packed: IO[bytes], collection: Collection) -> None:
    with zipfile.ZipFile(packed) as zipped:
        members = zipped.infolist()
        if len(members) > MAX_FILES:
            msg = f"holds more than {MAX_FILES} members"
            raise _BombError(msg)
        # Members may share their bytes, so that the sum of what they say is what counts.
        size = packed.seek(0, io.SEEK_END)
        _refuse_bomb(size, sum(each.file_size for each in members))
        for member in members:
            if not member.is_dir():
                _zipped(zipped, member, collection)


def _zipped(zipped: zipfile.ZipFile, member: zipfile.ZipInfo, collection: Collection) -> None:
    name, mode = member.orig_filename, member.external_attr >> 16
    if member.flag_bits & 1:
        collection.skip(name, "is encrypted, not read")
    elif stat.S_ISLNK(mode):
        target = _content(zipped, member, _LONGEST_LINK).decode(errors="replace")
        collection.link(name, target)
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        collection.skip(name, "is a device, not a file")
    elif collection.wants(name, member.file_size):
        collection.keep(name, _content(zipped, member, member.file_size))


def _content(zipped: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    with zipped.open(member) as file:
        data = file.read(most + 1)
    if len(data) > most:
        msg = "holds more than it says"
        raise _BombError(msg)
    return data
