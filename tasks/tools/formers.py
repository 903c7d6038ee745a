"""Former programmes of a platform: the ledger knows which, their bundles say what they found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.domain.reporting.bundle import INDEX
from tasks.domain.reporting.trend import MOST, Former, former
from tasks.tools.bundles import MAX_FILE_BYTES
from tasks.tools.ledger import runs

if TYPE_CHECKING:
    from tasks.tools.ledger.database import Ledger


def formers(ledger: Ledger, platform: str, run: str, begun: str) -> tuple[Former, ...]:
    """List the finished programmes before ``run``, oldest first.

    One whose bundle was removed, or replaced by a later one, is left out. What finished when
    ``run`` began is the same however often it is resumed.
    """
    found: list[Former] = []
    for record in runs.finished_before(ledger, platform, run, begun):
        told = former(_index(Path(str(record.outcome.get("bundle") or ""))), record.id)
        if told is not None:
            found.append(told)
        if len(found) == MOST:
            break
    return tuple(reversed(found))


def _index(folder: Path) -> Any:
    """Read a bundle's index; None where there is none that we would read."""
    try:
        with (folder / INDEX).open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        return json.loads(data) if len(data) <= MAX_FILE_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None
