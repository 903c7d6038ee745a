"""Our state folder, as the stack tells every process that it starts."""

from __future__ import annotations

import os
from pathlib import Path

from tasks.tools.errors import PermanentToolError

VARIABLE = "CMI_STATE"


class StateMissingError(PermanentToolError):
    """Nobody said where our state is."""


def state_folder() -> Path:
    """Read where our state is.

    Raises:
        StateMissingError: it is not set.
    """
    if folder := os.environ.get(VARIABLE, ""):
        return Path(folder)
    what = f"{VARIABLE} is not set, so there is no place for bundles."
    remedy = 'Start the stack with ./start-project.sh, then eval "$(./start-project.sh env)".'
    raise StateMissingError(what, remedy)


def work_folder(bundle: Path) -> Path:
    """Return our state, or where there is none, as on a worker elsewhere, one beside the bundle."""
    told = os.environ.get(VARIABLE, "")
    return Path(told) if told else bundle.with_name(f"{bundle.name}.work")
