"""Files of a copy: what it mounts, with stand-ins for secrets; its definition in memory only."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator  # noqa: TC003  # the type of a context manager
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.verification.stand_ins import shaped
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from tasks.domain.verification.copies import Copy
    from tasks.domain.verification.copy_request import Request

# A filesystem in memory: the definition holds values, and no disk should.
_MEMORY = Path("/dev/shm")  # noqa: S108  # the folder made there is ours alone
MOST_BYTES = 512 << 20
_MOST_TEXT = 4 << 20  # bytes of a file that is read to replace secrets in it


class TooMuchError(PermanentToolError):
    """The platform mounts more of its files than a copy should."""


@contextmanager
def definition(copy: Copy) -> Iterator[Path]:
    """Write a copy's definition where only we can read it, for as long as Compose needs it."""
    where = str(_MEMORY) if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="cmi-", dir=where) as name:
        file = Path(name, "compose.json")
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(copy.definition, out)
        yield file


def place(copy: Copy, request: Request) -> None:
    """Write the files that a copy mounts below its folder, which is emptied first.

    Raises:
        TooMuchError: they are larger than a copy should be.
        PermanentToolError: one of them is not in the platform's own folder.
    """
    folder = Path(request.folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    room = MOST_BYTES
    for source, target in copy.files.items():
        goal = folder / target
        goal.parent.mkdir(parents=True, exist_ok=True)
        if target.startswith("secrets/"):
            goal.write_text(_secret(source, copy, request), encoding="utf-8")
        elif source.startswith("variable "):
            goal.write_text("", encoding="utf-8")
        else:
            room -= _copy(_inside(source, request), goal, copy, room)


def _inside(source: str, request: Request) -> Path:
    found, root = Path(source).resolve(), Path(request.root).resolve()
    if not found.is_relative_to(root) or not found.exists():
        what = f"{source} is mounted, and is not in the platform's folder."
        raise PermanentToolError(what, "Put it there, or take the mount out.")
    return found


def _copy(source: Path, goal: Path, copy: Copy, room: int) -> int:
    """Copy a file or folder, links as links; return how many bytes it took."""
    files = [source] if source.is_file() else sorted(source.rglob("*"))
    size = sum(each.lstat().st_size for each in files)
    if size > room:
        what = f"{source.name} is too large to be mounted as a copy."
        raise TooMuchError(what, "Mount less, or put data into a volume.")
    if source.is_file():
        shutil.copy2(source, goal)
    else:
        shutil.copytree(source, goal, symlinks=True, dirs_exist_ok=True)
    written = [goal] if goal.is_file() else goal.rglob("*")
    for each in written:
        if each.is_file() and not each.is_symlink():
            _replace(each, copy)
    return size


def _replace(file: Path, copy: Copy) -> None:
    if file.stat().st_size > _MOST_TEXT or not len(copy.secrets):
        return
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    if (made := copy.secrets.text(text)) != text:
        file.write_text(made, encoding="utf-8")


def _secret(source: str, copy: Copy, request: Request) -> str:
    """Give a secret's file another secret of the same shape; the original only by choice."""
    if source.startswith("variable "):
        return shaped("secret-of-a-variable", request.seed)
    text = _inside(source, request).read_text(encoding="utf-8", errors="replace")
    if request.settings.secrets == "original":
        return text
    plain = text.strip()
    return text.replace(plain, copy.secrets.exact.get(plain) or shaped(plain, request.seed))
