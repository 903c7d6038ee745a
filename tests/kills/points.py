"""Where a programme can be killed: every line that the ledger takes, held back or just let by.

A mark names a line of the ledger: "prove 7 started", "bundle applied", "cell theory/distributed
completed", "run finished". A trap is a mark and a side of it: the ledger holds the line back
(whoever writes it stands still), or has just committed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Moment(StrEnum):
    """Where in a step or effect a fault comes."""

    BEFORE = "before"
    DURING = "during"
    UNCOMMITTED = "after the effect, before the commit"
    AFTER = "after the commit"


@dataclass(frozen=True, slots=True)
class Trap:
    """One place to strike at. ``held``: while the ledger holds the line ``mark`` back."""

    mark: str
    held: bool

    @property
    def subject(self) -> str:
        """The step or effect, without the event."""
        return self.mark.rpartition(" ")[0]

    @property
    def moment(self) -> Moment:
        """Say what the place means for the step or effect."""
        event = self.mark.rpartition(" ")[2]
        if event in {"started", "intended", "taken"}:
            return Moment.BEFORE if self.held else Moment.DURING
        return Moment.UNCOMMITTED if self.held else Moment.AFTER

    def __str__(self) -> str:
        return f"{'held' if self.held else 'passed'} {self.mark}"

    @classmethod
    def of(cls, text: str) -> Trap:
        """Read what ``str`` wrote."""
        word, _, mark = text.partition(" ")
        return cls(mark, word == "held")


def traps(marks: Iterable[str]) -> tuple[Trap, ...]:
    """List every trap of a run that passed ``marks``, in that order."""
    once = [mark for mark in dict.fromkeys(marks) if mark != "run begun"]
    return tuple(Trap(mark, held) for mark in once for held in (True, False))


def first_chain(known: Iterable[Trap]) -> tuple[Trap, ...]:
    """List the traps that one run can be killed at one after the other.

    Killed while a step's last line is held back, its result is stored: the resumed run takes
    it, and never writes that line. Those traps are the second chain's.
    """
    return tuple(trap for trap in known if not _last_line(trap))


def second_chain(known: Iterable[Trap]) -> tuple[Trap, ...]:
    """List the traps between a stored result and its line."""
    return tuple(trap for trap in known if _last_line(trap))


def _last_line(trap: Trap) -> bool:
    # "prove 7 committed" is a step's; "bundle committed" an effect's, whose states go on.
    words = trap.mark.split()
    return trap.held and words[-1] == "committed" and words[-2].isdigit()
