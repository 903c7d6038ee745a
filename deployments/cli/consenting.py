"""Consent: what changes something outside is done after a yes, and `CI=true` is none."""

from __future__ import annotations

import sys

from deployments.cli.output import say
from tasks.domain.exits import Exit
from tasks.tools.errors import PermanentToolError

_YES = frozenset({"y", "yes", "j", "ja", "是"})


class NoConsentError(PermanentToolError):
    """Nobody said yes."""

    exit = Exit.USAGE


def agree(*, yes: bool) -> None:
    """Ask for consent to what was just said, unless ``--yes`` gave it.

    Raises:
        NoConsentError: the answer is no, or there is nobody to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        what = "This needs consent, and there is no terminal to ask at."
        raise NoConsentError(what, "Give it with --yes.")
    say("Go on? [y/N]")
    if sys.stdin.readline().strip().lower() not in _YES:
        what = "Nothing was done."
        raise NoConsentError(what)
