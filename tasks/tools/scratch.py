"""Scratch folders: private, short-lived, and recognisable when their process was killed.

Whoever works in one holds a lock on it, which the kernel frees when the process dies,
however it dies. A folder that can be locked by somebody else belongs to nobody.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.tools.state import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "cmi-scratch-"
# Between the making of a folder and its lock lie microseconds.
_YOUNG = timedelta(seconds=60)


@contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """Make a folder of our own, and remove it afterwards.

    It lies in our state where there is one, so that the sweep finds it after a kill.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{purpose}-", dir=_place()))
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _place() -> Path | None:
    told = os.environ.get(VARIABLE, "")
    place = temporary(Path(told)) if told else None
    return place if place and os.access(place, os.W_OK) else None


def temporary(state: Path) -> Path:
    """Name the folder for what is temporary below a state folder."""
    return state / "tmp"


def abandoned(state: Path) -> tuple[Path, ...]:
    """List scratch folders below ``state`` whose process is gone."""
    return tuple(path for path in temporary(state).glob(f"{_PREFIX}*") if _is_nobodys(path))


def _is_nobodys(folder: Path) -> bool:
    with suppress(OSError):  # gone meanwhile
        if time.time() - folder.stat().st_mtime < _YOUNG.total_seconds():
            return False
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        return True
    return False
