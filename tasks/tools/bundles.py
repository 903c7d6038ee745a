"""Write a bundle as one folder, all or nothing, and read one without trusting it."""

from __future__ import annotations

import glob
import json
import os
import shutil
import stat
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from tasks.domain.exits import Exit
from tasks.domain.reporting.bundle import INDEX, Bundle, index_bytes
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Far above a real bundle (the largest has 1,500 files and 20 MB), far below a full disk.
MAX_FILES = 20_000
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_TOTAL_BYTES = 512 * 1024 * 1024
_UNFINISHED = ".cmi-unfinished-"


class NoBundleError(PermanentToolError):
    """The folder holds no bundle that can be read."""

    exit = Exit.USAGE


class NoRoomError(PermanentToolError):
    """The place takes no bundle."""

    exit = Exit.USAGE


def write(bundle: Bundle, folder: Path) -> Path:
    """Write ``bundle`` as ``folder``.

    The files come to lie in a folder beside it, are flushed to the disk, and take the
    name in one step: nobody ever reads a part. The same bundle again changes nothing. A
    bundle that is there already is replaced; anything else in that place is refused. One
    writer at a time: the platform's lease, or the user's own `--out`, sees to that.

    Raises:
        NoBundleError: Something that is no bundle has the name, or a path leaves the folder.
        NoRoomError: The disk is full, or the place may not be written; nothing was changed.
    """
    files = {**bundle.files, INDEX: index_bytes(bundle.document)}
    if folder.exists() and not folder.is_symlink() and _same(folder, files):
        return folder
    try:
        _refuse_strangers(folder)
        _write_whole(files, folder)
    except OSError as error:
        raise _no_room(folder, error) from error
    return folder


def refuse_place(folder: Path) -> None:
    """Refuse, before hours are spent, a place that no bundle could be written to.

    Raises:
        NoBundleError: Something that is no bundle has the name.
        NoRoomError: The nearest folder that is there may not be written.
    """
    try:
        _refuse_strangers(folder)
        near = next(each for each in folder.absolute().parents if each.exists())
        Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=near)).rmdir()
    except OSError as error:
        raise _no_room(folder, error) from error


def _no_room(folder: Path, error: OSError) -> NoRoomError:
    what = f"The bundle cannot be written to {folder}: {error.strerror}."
    return NoRoomError(what, "Make room there, or name another folder with `--out`.")


def _write_whole(files: Mapping[str, bytes], folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(folder)
    beside = _beside(folder)
    try:
        for path, data in files.items():
            _write_file(beside, path, data)
        beside.chmod(0o755)
        _flush_folders(beside)
        _take_name(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def read(folder: Path) -> Bundle:
    """Read a bundle: its index, and every file that lies beside it, listed or not.

    Raises:
        NoBundleError: No index, not JSON, a link or device, or beyond a limit.
    """
    if not (folder / INDEX).is_file():
        what = f"{folder} holds no {INDEX}."
        raise NoBundleError(what, "Name the folder that `cmi run` printed.")
    files = {}
    total = 0
    for number, (path, size) in enumerate(_walk(folder)):
        total += size
        if number >= MAX_FILES or size > MAX_FILE_BYTES or total > MAX_TOTAL_BYTES:
            what = f"{folder} is larger than any bundle that we write."
            raise NoBundleError(what, "Check that it is the folder that `cmi run` printed.")
        files[path] = (folder / path).read_bytes()
    return Bundle(_parse(folder, files.pop(INDEX)), files)


def _parse(folder: Path, data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        what = f"{folder / INDEX} is not JSON."
        raise NoBundleError(what, "Write the bundle again with `cmi run`.") from error
    if not isinstance(document, dict):
        what = f"{folder / INDEX} is not a JSON object."
        raise NoBundleError(what, "Write the bundle again with `cmi run`.")
    return document


def _walk(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield relative paths and sizes of plain files; anything else is refused."""
    for root, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(root) / name
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                what = f"{path} is neither a file nor a folder."
                raise NoBundleError(what, "A bundle holds no links. Remove it and audit again.")
            if stat.S_ISREG(mode):
                yield path.relative_to(folder).as_posix(), path.lstat().st_size


def _same(folder: Path, files: Mapping[str, bytes]) -> bool:
    try:
        found = dict(_walk(folder))
    except NoBundleError:
        return False
    sizes = {path: len(data) for path, data in files.items()}
    return found == sizes and all((folder / p).read_bytes() == d for p, d in files.items())


def _refuse_strangers(folder: Path) -> None:
    """Only a bundle may be replaced: the user's own files are never in our way."""
    if not (folder.exists() or folder.is_symlink()):
        return
    empty = folder.is_dir() and not any(folder.iterdir())
    if folder.is_symlink() or not (empty or (folder / INDEX).is_file()):
        what = f"{folder} exists and is not a bundle."
        raise NoBundleError(what, "Name another folder with `--out`.")


def _beside(folder: Path) -> Path:
    """Make an empty folder on the same file system, so that a rename can be atomic."""
    return Path(tempfile.mkdtemp(prefix=f".{folder.name}{_UNFINISHED}", dir=folder.parent))


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed writer left beside ``folder``."""
    for left in folder.parent.glob(f".{glob.escape(folder.name)}{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def _write_file(root: Path, path: str, data: bytes) -> None:
    parts = PurePosixPath(path).parts
    if not parts or parts[0] == "/" or ".." in parts or "\0" in path:
        what = f"{path!r} is not a path inside a bundle."
        raise NoBundleError(what, "This is our own fault; please report it.")
    target = root.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _flush_folders(root: Path) -> None:
    for folder, _, _ in os.walk(root):
        _flush_folder(Path(folder))


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _take_name(beside: Path, folder: Path) -> None:
    """Give ``beside`` the name ``folder``; what had it goes only when the new one is there."""
    if folder.exists():
        old = _beside(folder)
        folder.rename(old)  # onto an empty folder: atomic
        beside.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        beside.rename(folder)
    _flush_folder(folder.parent)
