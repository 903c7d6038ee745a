"""The record of what was done: one JSON line each, so that an interrupted matrix goes on."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class Record:
    """Lines of three kinds: `reference`, `kill` and `end`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rows: list[dict[str, Any]] = []
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    self.rows.append(json.loads(line))
                except ValueError:  # we were killed while we wrote it
                    continue

    def add(self, what: str, **told: Any) -> dict[str, Any]:
        """Write one line and flush it."""
        row = {"what": what, **told}
        self.rows.append(row)
        with self._path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")
            out.flush()
            os.fsync(out.fileno())
        return row

    def of(self, what: str, episode: str = "") -> list[dict[str, Any]]:
        """List the lines of a kind, of one episode if it is named."""
        return [
            row
            for row in self.rows
            if row["what"] == what and (not episode or row.get("episode") == episode)
        ]
