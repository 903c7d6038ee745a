"""Impact of an interruption: what became stale, what stays valid, what it costs to go on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tasks.domain.canonical import plain
from tasks.domain.interruptions import KINDS, Choice, offered
from tasks.domain.programme import CELLS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tasks.domain.interruptions import Trigger


class Standing(StrEnum):
    """What a cell's finished work is worth now."""

    VALID = "valid"
    STALE = "stale"
    OPEN = "open"  # it has not finished


@dataclass(frozen=True, slots=True)
class CellStanding:
    """A cell, what its work is worth, and why. Seconds are measured ones; None: never measured."""

    cell: str
    standing: Standing
    changed: tuple[str, ...] = ()  # which of the things that it was made from
    seconds: float | None = None
    cpu_seconds: float | None = None

    def priced(self, seconds: float, cpu_seconds: float) -> CellStanding:
        """Return the same with what it takes."""
        return replace(self, seconds=seconds, cpu_seconds=cpu_seconds)


def question(triggers: Sequence[Trigger], cells: Sequence[CellStanding]) -> dict[str, Any]:
    """Put together what somebody is asked, with all that he needs to decide."""
    kinds = tuple(each.kind for each in triggers)
    concerned = {cell for kind in kinds for cell in KINDS[kind].concerns}
    owes = {cell.id: cell.owes for cell in CELLS}
    return {
        "triggers": [plain(each) for each in triggers],
        "cells": [
            {
                "cell": each.cell,
                "standing": each.standing.value,
                "changed": list(each.changed),
                "concerned": each.cell in concerned,
                "seconds": each.seconds,
                "deliverables": list(owes[each.cell]),
            }
            for each in cells
        ],
        "redo": cost(cells, (Standing.STALE,)),
        "rest": cost(cells, (Standing.OPEN,)),
        "choices": [each.value for each in Choice],
        "strategies": [each.value for each in offered(kinds)],
    }


def cost(cells: Sequence[CellStanding], standings: Collection[Standing]) -> dict[str, Any]:
    """Add up measured durations of the cells that stand so, and name those never measured."""
    chosen = [each for each in cells if each.standing in standings]
    return {
        "cells": [each.cell for each in chosen],
        "seconds": round(sum(each.seconds or 0.0 for each in chosen), 3),
        "cpu_seconds": round(sum(each.cpu_seconds or 0.0 for each in chosen), 3),
        "not_measured": [each.cell for each in chosen if each.seconds is None],
    }
