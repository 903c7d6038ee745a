"""The sample platform as the first step of a run reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.runs import Run
from tasks.intake import read_platform
from tasks.ownership import identify

if TYPE_CHECKING:
    from tasks.domain.platform.intake import Intake

SHOP = Path(__file__).resolve().parents[2] / "examples/shop"
RUN = Run("run", "platform", 1, "night")
IDENTITY = identify(str(SHOP), "")


def shop() -> Intake:
    """Read the shop as a plain function."""
    return read_platform.fn(RUN, IDENTITY.source, IDENTITY.entry, IDENTITY.content)
