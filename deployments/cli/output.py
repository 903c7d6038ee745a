"""How a command answers a program: one JSON document, whole or not at all."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from deployments.local.speech import OutputError, abandon, say, write, write_bytes
from tasks.domain.streaming import Readable, chunks
from tasks.tools.errors import PermanentToolError
from tasks.tools.files import put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

__all__ = [
    "OutputError",
    "abandon",
    "coloured",
    "emit_json",
    "say",
    "store",
    "write",
    "write_bytes",
]

# Whether this command's one document is out; an error after it must not add a second.
EMITTED: ContextVar[bool] = ContextVar("EMITTED", default=False)

_AT_ONCE = 1024 * 1024  # characters


def emit_json(document: Any) -> None:
    """Print the command's one JSON document; Ctrl-C waits until it is whole.

    An encoding without all characters gets them escaped: JSON means the same.

    Raises:
        KeyboardInterrupt: Ctrl-C came meanwhile; the document is out.
    """
    unicode = (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    with _uninterrupted():
        for text in chunks(Readable(ascii_only=not unicode).pieces(document), _AT_ONCE):
            write(text, sys.stdout)
        write("\n", sys.stdout)
        EMITTED.set(True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put Ctrl-C off. Only the main thread hears of it, so only there it can be put off."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    former = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former or signal.SIG_DFL)
    if came and callable(former):
        raise KeyboardInterrupt


def coloured(stream: TextIO) -> bool:
    """Colours only on a terminal, and never against NO_COLOR or TERM=dumb."""
    plain_terminal = os.environ.get("TERM") == "dumb" or "NO_COLOR" in os.environ
    return stream.isatty() and not plain_terminal


def store(file: Path, text: str) -> None:
    """Write a file whole or not at all; a device or pipe takes it as it comes."""
    try:
        if file.exists() and not file.is_file():
            file.write_text(text, encoding="utf-8")
        else:
            put({file: text.encode()})
    except OSError as error:
        msg = f"{file} cannot be written: {error.strerror}."
        raise PermanentToolError(msg, "Name a place with room that you may write to.") from error
