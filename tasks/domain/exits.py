"""Exit codes: what a script learns from how a command ended."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """One meaning each; `worst` decides when several apply."""

    DONE = 0
    GATE = 1  # the gate says no, or an audit disagrees
    USAGE = 2
    INPUT_UNREAD = 3  # done, but something that was asked for could not be read
    NO_PLATFORM = 4
    HELD = 5  # another run holds this platform
    DECISION = 6  # waiting for a decision
    FAULT = 70  # our own


# Ctrl-C, as every shell counts it: 128 and the number of the signal.
INTERRUPTED = 130

_ORDER = (
    Exit.FAULT,
    Exit.USAGE,
    Exit.HELD,
    Exit.NO_PLATFORM,
    Exit.DECISION,
    Exit.INPUT_UNREAD,
    Exit.GATE,
    Exit.DONE,
)


def worst(*exits: Exit) -> Exit:
    """Pick the code to end with when several apply."""
    return min(exits, key=_ORDER.index, default=Exit.DONE)
