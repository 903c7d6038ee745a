"""Interrupting the run of this process: it stops where its next step would begin.

A thread cannot be stopped from outside, and a step that is cut in the middle is done
again; so the wish is written down, and read where nothing is lost. The longest wait
is one step.
"""

from __future__ import annotations

import threading

from tasks.tools.errors import PermanentToolError

_asked = threading.Event()


class InterruptionError(PermanentToolError):
    """Somebody wants this run to stop; what it finished is kept."""


def ask() -> None:
    """Wish that the run of this process stops."""
    _asked.set()


def asked() -> bool:
    """Tell whether the run of this process shall stop."""
    return _asked.is_set()


def forget() -> None:
    """Begin anew: an earlier wish was for an earlier run."""
    _asked.clear()


def stop_if_asked() -> None:
    """Pass a boundary between steps.

    Raises:
        InterruptionError: the run shall stop here.
    """
    if asked():
        what = "The run was interrupted."
        raise InterruptionError(what, "The same command goes on from here.")
