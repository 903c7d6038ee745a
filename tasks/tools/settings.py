"""Find and read ``cmi.yaml`` beside a platform."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tasks.domain.platform.documents import MAX_BYTES, DocumentError, decode
from tasks.domain.security.checks import CHECKS
from tasks.domain.settings import FILE, Settings, SettingsError, read_settings
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tasks.domain.platform.sources import Source


_REMEDY = "Correct it; `cmi schema settings` says what may stand in it."


def settings_beside(paths: Sequence[Path]) -> tuple[Settings, Path | None]:
    """Read the settings of the platform that ``paths`` name; give their file too.

    The first folder that holds a ``cmi.yaml`` decides: the folder itself, or
    the one that a named file lies in.

    Raises:
        PermanentToolError: The file is there and cannot be used.
    """
    for path in paths:
        file = (path if path.is_dir() else path.parent) / FILE
        if not os.access(file.parent, os.X_OK):
            continue  # whoever reads the platform says it better
        if file.is_symlink() or (file.exists() and not file.is_file()):
            # What lies elsewhere is not the platform's, and a device might never end.
            msg = f"{file} is not a plain file."
            raise PermanentToolError(msg, "Put the settings themselves there, or remove it.")
        if file.is_file():
            return load(file), file
    return Settings(), None


def settings_of(source: Source, paths: Sequence[Path]) -> tuple[Settings, Path | None]:
    """Read the settings of a platform: beside its ``paths``, else among the source's own files.

    What runs, or comes in by standard input, has none.

    Raises:
        PermanentToolError: They are there and cannot be used.
    """
    if paths:
        return settings_beside(paths)
    if source.live or FILE not in source.files:
        return Settings(), None
    try:
        return _read(FILE, source.files[FILE]), None
    except DocumentError as error:
        msg = f"{error}."
        raise PermanentToolError(msg, _REMEDY) from error
    except SettingsError as error:
        raise PermanentToolError(str(error)) from error


def _read(name: str, data: bytes) -> Settings:
    return read_settings(name, decode(name, data), [check.id for check in CHECKS])


def load(file: Path) -> Settings:
    """Read one settings file.

    Raises:
        PermanentToolError: It cannot be read, or something in it is wrong.
    """
    try:
        with file.open("rb") as stream:
            return _read(str(file), stream.read(MAX_BYTES + 1))
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}."
        raise PermanentToolError(msg, "Correct its permissions, or remove it.") from error
    except DocumentError as error:
        msg = f"{error}."
        raise PermanentToolError(msg, _REMEDY) from error
    except SettingsError as error:
        raise PermanentToolError(str(error)) from error
