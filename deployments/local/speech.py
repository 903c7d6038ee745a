"""How the stack's commands speak before anything is installed: standard library only."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Tell the person something that is not the result."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def answer(text: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
