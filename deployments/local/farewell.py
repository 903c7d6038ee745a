"""Services that were asked to end and still look alive: for seconds, on a busy machine."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tasks.tools.command import STARTED

if TYPE_CHECKING:
    from pathlib import Path

    from deployments.local.layout import Layout
    from deployments.local.stack import Service

# Prefect writes it within 0.03 s of the signal; the kernel shows nothing before the program is
# half apart, 0.2 to 1.5 s later. Its console may break the line anywhere between two words.
_SAID = r"Received\s+SIG[A-Z]+\.\s+Sending\s+[^(]*\(PID\s+{pid}\)"
_TAIL_BYTES = 8192


def ends(service: Service, layout: Layout) -> bool:
    """Say whether ``service`` was asked to end: the kernel shows it, or it wrote so itself."""
    process = service.process
    if process.doomed or process.leaving:
        return True
    words = _tail(layout.logs / f"{service.name}.log").rpartition(STARTED)[2]
    return bool(re.search(_SAID.format(pid=process.pid), words)) and process.alive


def _tail(log: Path) -> str:
    """Return the last lines of ``log``; nothing when there is none, as for a foreign database."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
