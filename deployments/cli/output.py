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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployments.local.speech import OutputError, abandon, say, write, write_bytes
from tasks.domain.canonical import plain
from tasks.tools.errors import PermanentToolError
from tasks.tools.files import put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
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

# Pieces that are written at once: the text of a large platform is never held as a whole.
_CHUNKS = 10_000
# A longer list has one line an item: easy to search, and a tenth of the work to write.
_LONG = 1000


def emit_json(document: Any) -> None:
    """Print the command's one JSON document; Ctrl-C waits until it is whole.

    An encoding without all characters gets them escaped: JSON means the same.

    Raises:
        KeyboardInterrupt: Ctrl-C came meanwhile; the document is out.
    """
    unicode = (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    with _uninterrupted():
        chunks = _Writer(ascii_only=not unicode).pieces(document)
        while text := "".join(itertools.islice(chunks, _CHUNKS)):
            write(text, sys.stdout)
        write("\n", sys.stdout)
        EMITTED.set(True)


@dataclass(frozen=True, slots=True)
class Rows:
    """A list for a document whose items are made when they are written, one by one."""

    things: Sequence[Any]
    make: Callable[[Any], Any]

    def __len__(self) -> int:
        return len(self.things)

    def __iter__(self) -> Iterator[Any]:
        return map(self.make, self.things)


class _Writer:
    """JSON for people as far as they can read it, and for programs beyond."""

    def __init__(self, *, ascii_only: bool) -> None:
        self.pretty = json.JSONEncoder(indent=2, ensure_ascii=ascii_only, default=plain)
        self.plain = json.JSONEncoder(ensure_ascii=ascii_only, default=plain)

    def pieces(self, value: Any, margin: str = "\n") -> Iterator[str]:
        """Give the text of ``value`` piece by piece; ``margin`` begins each further line."""
        deeper = f"{margin}  "
        if isinstance(value, dict) and value:
            for number, (name, member) in enumerate(value.items()):
                yield f"{',' if number else '{'}{deeper}{self.plain.encode(name)}: "
                yield from self.pieces(member, deeper)
            yield f"{margin}}}"
        elif isinstance(value, list | tuple | Rows) and len(value) > _LONG:
            for number, item in enumerate(value):
                yield f"{',' if number else '['}{deeper}{self.plain.encode(item)}"
            yield f"{margin}]"
        else:
            known = list(value) if isinstance(value, Rows) else value
            yield self.pretty.encode(known).replace("\n", margin)


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
