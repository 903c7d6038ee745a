"""Reading a run's outcome as the ledger keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def done(outcome: Mapping[str, Any]) -> set[str]:
    """Return the cells that are done."""
    return {each["cell"] for each in outcome["cells"] if each["state"] == "done"}
