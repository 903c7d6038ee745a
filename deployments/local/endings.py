"""How a command ends when something went wrong: one sentence with its remedy, and a code.

Standard library only: the stack's commands end before anything is installed, too.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import sys
import tempfile
import traceback
from pathlib import Path

from tasks.domain.exits import INTERRUPTED, Exit
from tasks.tools.errors import ToolError

# What a place answers that is full, read-only or another's: for the user to change, not for us.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DEEPEST = 20  # errors that led to one another; a report has use for the last ones
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def ending(error: BaseException) -> tuple[str, int]:
    """Say what ``error`` means for the user, and with which code the command ends.

    Must be called while ``error`` is being handled: a fault of ours leaves its traceback in
    a file.
    """
    if isinstance(error, KeyboardInterrupt):
        return str(error) or "Interrupted. The same command goes on.", INTERRUPTED
    if isinstance(error, ToolError):
        return str(error), int(getattr(error, "exit", Exit.USAGE))
    if isinstance(error, OSError) and error.errno in _FULL | _CLOSED:
        return _place(error), Exit.USAGE
    if isinstance(error, MemoryError):
        return (
            "The memory ran out. Give more, or assess a part: a folder, an --entry.",
            Exit.USAGE,
        )
    return _fault(), Exit.FAULT


def _place(error: OSError) -> str:
    """Name the place that took nothing, or let nobody in."""
    place = os.fsdecode(error.filename) if error.filename else "A file"
    if error.errno in _FULL:
        return (
            f"{place} cannot be written: {error.strerror}. Make room there; what is done is kept."
        )
    return f"{place} cannot be used: {error.strerror}. Get the right to it, or name another place."


def _story(error: BaseException | None) -> str:
    """Tell where ``error`` came from, without its words: they may hold what stands in files."""
    parts: list[str] = []
    while error is not None and len(parts) < _DEEPEST:
        where = "".join(traceback.format_tb(error.__traceback__))
        name = f"{type(error).__module__}.{type(error).__qualname__}"
        parts.append(f"Traceback (most recent call last):\n{where}{name}\n")
        error = error.__cause__ or error.__context__
    return "\nWhile that was handled:\n\n".join(reversed(parts))


def _fault() -> str:
    """Keep the traceback in a file of the user's own, and say where; as well as it goes."""
    sentence = "cmi failed; this is our fault, not yours."
    stamp = dt.datetime.now(tz=dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f"cmi-fault-{stamp}-", suffix=".txt")
        with os.fdopen(descriptor, "w", encoding="utf-8") as report:
            report.write(_story(sys.exception()))
    except OSError as error:
        return f"{sentence} Its report could not be kept: {error.strerror or error}."
    return f"{sentence} The report to send us is {Path(name)}."
