"""How commands speak: results on standard output, everything else on standard error.

Standard library only: the stack's commands speak before anything is installed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.local.language import spoken
from tasks.domain.exits import Exit
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from typing import TextIO

_LAST_STANDARD = 2  # the number of standard error


class OutputError(PermanentToolError):
    """Where the answer should go takes no more."""

    exit = Exit.USAGE


def open_streams() -> None:
    """Give a process that was started without standard streams silent ones.

    Without this the next file that is opened would get the number of standard output,
    and what is said would be written into it.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _LAST_STANDARD:
        pass
    os.close(descriptor)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            silent = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  # lives as long as we do
            setattr(sys, name, silent)


def abandon(stream: TextIO) -> None:
    """Let what is still unwritten go nowhere, so that the end of the process does not stumble."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(text: str = "") -> None:
    """Tell the person something that is not the result; nobody there to hear it is no fault."""
    with contextlib.suppress(OutputError, BrokenPipeError):
        write(spoken(text, sys.stderr) + "\n", sys.stderr)


def answer(text: str) -> None:
    """Print a line of the result; raises as `write`."""
    write(spoken(text, sys.stdout) + "\n", sys.stdout)


def write(text: str, stream: TextIO) -> None:
    """Write ``text``; what the terminal's encoding cannot show becomes ``?``, never a crash.

    Raises:
        BrokenPipeError: the reader went away.
        OutputError: there is no room, or another fault of the place that it goes to.
    """
    write_bytes(text.encode(stream.encoding or "utf-8", "replace"), stream)


def write_bytes(data: bytes, stream: TextIO) -> None:
    """Write ``data`` as it is; raises as `write`.

    Not through the text layer: over an unbuffered stream (PYTHONUNBUFFERED) it takes a write
    that a full disk cut short for a whole one.
    """
    try:
        stream.flush()
        rest = memoryview(data)
        while rest:
            rest = rest[stream.buffer.write(rest) :]
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _no_room(error, stream) from error


def _no_room(error: OSError, stream: TextIO) -> OutputError:
    abandon(stream)
    what = f"The answer cannot be written: {error.strerror}."
    return OutputError(what, "Make room there, or send it somewhere else.")
