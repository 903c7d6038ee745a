"""How a command answers a program: one JSON document, whole or not at all."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from deployments.local.speech import OutputError, abandon, say, write, write_bytes
from tasks.domain.canonical import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

__all__ = ["OutputError", "abandon", "coloured", "emit_json", "say", "write", "write_bytes"]

# Whether this command's one document is out; an error after it must not add a second.
EMITTED: ContextVar[bool] = ContextVar("EMITTED", default=False)

# Tokens that are written at once: the text of a large platform is never held as a whole.
_CHUNKS = 10_000


def emit_json(document: Any) -> None:
    """Print the command's one JSON document; Ctrl-C waits until it is whole.

    An encoding without all characters gets them escaped: JSON means the same.

    Raises:
        KeyboardInterrupt: Ctrl-C came meanwhile; the document is out.
    """
    unicode = (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    encoder = json.JSONEncoder(indent=2, ensure_ascii=not unicode, default=plain)
    with _uninterrupted():
        chunks = encoder.iterencode(document)
        while text := "".join(itertools.islice(chunks, _CHUNKS)):
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
