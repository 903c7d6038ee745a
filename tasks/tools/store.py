"""Results that follow from their inputs alone, kept in the user's cache folder under their key.

Whatever is wrong with the folder or a file in it means "not kept": the answer is computed again,
and says the same. What is kept holds findings and patches, which show no secret, and is readable
for its owner alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
import time
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tasks.domain.streaming import chunks, compact
from tasks.tools.files import put

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "CMI_CACHE"  # moves the folder; what is no folder switches the store off
MOST = 256 * 1024 * 1024  # bytes; a platform of ten thousand services takes about 30 MiB
OLDEST = timedelta(days=30)  # since somebody asked for it
_DIGEST = 64  # characters of a SHA-256
_AT_ONCE = 1024 * 1024  # characters
_OURS = ("tasks", "knowledge")  # what an answer can depend on besides the platform


class Store:
    """Values that JSON knows, each under a SHA-256 that names what it was made from."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, key: str) -> Any:
        """Give what is kept under ``key``; None when there is nothing whole."""
        if self._folder is None:
            return None
        try:
            handle = os.open(self._folder / key, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                whole = file.read()
            body, seal = memoryview(whole)[:-_DIGEST], whole[-_DIGEST:]
            if seal != _seal(key, body):
                return None
            os.utime(self._folder / key)  # what is asked for is kept longest
            text = str(body, "utf-8")
            del whole, body  # the answer of a large platform is large three times
            return json.loads(text)
        except (OSError, ValueError):
            return None

    def put(self, key: str, value: Any) -> None:
        """Keep ``value``, if there is a place for it."""
        if self._folder is None or not _own(self._folder):
            return
        with contextlib.suppress(OSError):
            put({self._folder / key: _sealed(key, value)}, mode=0o600)
            self._shorten()

    def _shorten(self) -> None:
        """Remove what nobody asked for in a month, and the oldest beyond the room we may take.

        Answers of a former version of ours, or of a platform that changed, are never asked for.
        """
        assert self._folder is not None  # noqa: S101  # the caller's condition
        kept = [(each.stat(), Path(each.path)) for each in os.scandir(self._folder)]
        total = sum(status.st_size for status, _ in kept)
        oldest = time.time() - OLDEST.total_seconds()
        for status, path in sorted(kept, key=lambda each: each[0].st_mtime):
            if total <= MOST and status.st_mtime >= oldest:
                return
            path.unlink(missing_ok=True)
            total -= status.st_size


def users_store() -> Store:
    """Open the store of this user: in ``CMI_CACHE``, else where caches are."""
    told = os.environ.get(VARIABLE)
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        return Store(Path(told) if told else Path(home).expanduser() / "cmi")
    except RuntimeError:  # nobody's home
        return Store(None)


@cache
def code() -> str:
    """Digest what answers depend on besides the platform: our code, our knowledge, the parser."""
    root = Path(__file__).resolve().parents[2]
    whole = hashlib.sha256(f"{sys.version} {yaml.__version__}".encode())
    for folder in _OURS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                whole.update(f"{path.relative_to(root)}\0".encode())
                whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _sealed(key: str, value: Any) -> Iterator[bytes]:
    """Give the bytes of ``value`` piece by piece, their seal last."""
    whole = _begun(key)
    for text in chunks(compact(value), _AT_ONCE):
        piece = text.encode()
        whole.update(piece)
        yield piece
    yield whole.hexdigest().encode()


def _seal(key: str, body: memoryview) -> bytes:
    whole = _begun(key)
    whole.update(body)
    return whole.hexdigest().encode()


def _begun(key: str) -> hashlib._Hash:
    """Bind bytes to their key: a file that was cut, changed or renamed is not served."""
    return hashlib.sha256(key.encode() + b"\0")


def _own(folder: Path) -> bool:
    """Make the folder; tell whether it is one, and nobody else's."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
