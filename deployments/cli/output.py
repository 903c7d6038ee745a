"""How commands speak: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from tasks.domain.canonical import plain

if TYPE_CHECKING:
    from typing import TextIO


def emit_json(document: Any) -> None:
    """Print the command's one JSON document."""
    text = json.dumps(plain(document), indent=2, ensure_ascii=False)
    write(text + "\n", sys.stdout)


def say(text: str = "") -> None:
    """Tell the person something that is not the result."""
    write(text + "\n", sys.stderr)


def write(text: str, stream: TextIO) -> None:
    """Write ``text``; what the terminal's encoding cannot show becomes ``?``, never a crash."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


def coloured(stream: TextIO) -> bool:
    """Colours only on a terminal, and never against NO_COLOR or TERM=dumb."""
    plain_terminal = os.environ.get("TERM") == "dumb" or "NO_COLOR" in os.environ
    return stream.isatty() and not plain_terminal
