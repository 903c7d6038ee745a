"""Settling cells: who waits for whom among the built ones, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.domain.programme import CELLS, needs_among

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class CellState(StrEnum):
    """What became of a cell. All but `INTERRUPTED` and `NOT_BUILT` are settled."""

    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
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


def overview(
    built: Collection[str],
    settled: Mapping[str, Settled],
    left: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Settled, ...]:
    """State every cell of the programme, those that are not built too.

    ``left`` are the cells that a decision leaves out, and why.
    """
    out = {cell: Settled(cell, CellState.NOT_ASSESSED, reason=why) for cell, why in left.items()}
    missing = {
        each.id: Settled(each.id, CellState.NOT_BUILT) for each in CELLS if each.id not in built
    }
    known = missing | out | dict(settled)
    return tuple(known.get(each.id) or _left_out(each.id) for each in CELLS)


def _left_out(cell: str) -> Settled:
    return Settled(cell, CellState.NOT_ASSESSED, reason="this run did not need it")


def without_streams(without: Mapping[str, str], kept: str) -> dict[str, str]:
    """List the cells of workstreams that a decision leaves out, and why; ``kept`` is never."""
    return {
        cell.id: without[cell.workstream]
        for cell in CELLS
        if cell.workstream in without and cell.id != kept
    }


def presumed(
    built: Collection[str],
    cell: str,
    given: Collection[str],
    left: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Settled, ...]:
    """State every cell as ``cell``, which hands over, sees it: itself done, or there is no bundle.

    What it stands on and was not ``given`` has failed, unless a decision ``left`` it out.
    """
    stood_on = [each for each in ancestors(built, cell) if each not in left]
    settled = {
        each: Settled(each, CellState.DONE)
        if each in given
        else Settled(each, CellState.FAILED, reason="it did not finish; the run's log says why")
        for each in stood_on
    }
    return overview(built, settled | {cell: Settled(cell, CellState.DONE)}, left)
