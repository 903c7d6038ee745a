"""Put bytes into files: each whole or not at all, and all of them or none."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NEW = 0o644  # the mode of a file that was not there


def put(files: Mapping[Path, bytes | Iterable[bytes]], mode: int = _NEW) -> None:
    """Write ``files``, replacing what is there; a file keeps its mode, a new one gets ``mode``.

    A large file may come piece by piece.

    All lie complete beside their places before the first takes its name, so that a full
    disk or a folder that may not be written leaves everything as it was. Renaming needs
    no room; should one fail all the same, those before it get their old bytes back.

    Raises:
        OSError: nothing was changed.
    """
    beside: dict[Path, Path] = {}
    old = {path: path.read_bytes() if path.exists() else None for path in files}
    done: list[Path] = []
    try:
        for path, data in files.items():
            beside[path] = _write_beside(path.resolve(), data, mode)
        for path, new in beside.items():
            new.replace(path.resolve())
            done.append(path)
    except BaseException:
        for path in done:
            _restore(path, old[path])
        raise
    finally:
        for new in beside.values():
            new.unlink(missing_ok=True)


def _write_beside(path: Path, data: bytes | Iterable[bytes], mode: int = _NEW) -> Path:
    mode = path.stat().st_mode & 0o7777 if path.exists() else mode
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.writelines((data,) if isinstance(data, bytes) else data)
            out.flush()
            os.fsync(out.fileno())
        new.chmod(mode)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return new


def _restore(path: Path, data: bytes | None) -> None:
    with contextlib.suppress(OSError):
        if data is None:
            path.unlink()
        else:
            _write_beside(path.resolve(), data).replace(path.resolve())
