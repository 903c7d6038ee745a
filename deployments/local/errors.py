"""What can go wrong with the local stack, with the exit code that says so."""

from __future__ import annotations

from tasks.domain.exits import Exit
from tasks.tools.errors import PermanentToolError


class StackError(PermanentToolError):
    """The stack cannot be started, stopped or read."""

    exit = Exit.FAULT


class NewerStateError(StackError):
    """The state folder was written by a newer version of this project."""

    exit = Exit.USAGE


class StackDownError(StackError):
    """Something needs the stack, and it does not run."""

    exit = Exit.USAGE


class StackStoppedError(StackError):
    """Somebody stopped the stack on purpose, so that nobody may start it again for him."""
