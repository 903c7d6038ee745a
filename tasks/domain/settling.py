"""Settling cells: who waits for whom among the built ones, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.domain.programme import CELLS, needs_among

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class CellState(StrEnum):
    """What became of a cell. All but `NOT_BUILT` are settled."""

    DONE = "done"
    FAILED = "failed"
    NOT_ASSESSED = "not assessed"
    NOT_BUILT = "not built"


@dataclass(frozen=True, slots=True)
class Settled:
    """A cell and what became of it. ``outcome`` is the key of its stored value.

    ``exit`` is what its failure makes the run end with: whose it is to mend.
    """

    cell: str
    state: CellState
    outcome: str = ""
    reason: str = ""
    exit: int = int(Exit.DONE)


def ancestors(built: Collection[str], cell: str) -> tuple[str, ...]:
    """List every built cell that ``cell`` stands on, directly or not, in the programme's order."""
    by_id = {each.id: each for each in CELLS}
    found: set[str] = set()
    open_ids = [cell]
    while open_ids:
        needs = needs_among(built, by_id[open_ids.pop()])
        open_ids.extend(need for need in needs if need not in found)
        found.update(needs)
    return tuple(each.id for each in CELLS if each.id in found)


def with_ancestors(built: Collection[str], wanted: Collection[str]) -> tuple[str, ...]:
    """List the cells of ``wanted`` and all that they stand on, in the programme's order."""
    found = {cell for cell in wanted if cell in built}
    for cell in tuple(found):
        found.update(ancestors(built, cell))
    return tuple(each.id for each in CELLS if each.id in found)


def overview(built: Collection[str], settled: Mapping[str, Settled]) -> tuple[Settled, ...]:
    """State every cell of the programme, those that are not built too."""
    missing = {
        each.id: Settled(each.id, CellState.NOT_BUILT) for each in CELLS if each.id not in built
    }
    return tuple(
        settled.get(each.id) or missing.get(each.id) or _left_out(each.id) for each in CELLS
    )


def _left_out(cell: str) -> Settled:
    return Settled(cell, CellState.NOT_ASSESSED, reason="this run did not need it")


def presumed(built: Collection[str], cell: str, given: Collection[str]) -> tuple[Settled, ...]:
    """State every cell as ``cell``, which hands over, sees it: itself done, or there is no bundle.

    What it stands on and was not ``given`` has failed.
    """
    stood_on = ancestors(built, cell)
    settled = {
        each: Settled(each, CellState.DONE)
        if each in given
        else Settled(each, CellState.FAILED, reason="it did not finish; the run's log says why")
        for each in stood_on
    }
    return overview(built, settled | {cell: Settled(cell, CellState.DONE)})
