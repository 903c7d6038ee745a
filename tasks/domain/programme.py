"""The programme as data: workstreams, phases, and the cells between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


class Workstream(StrEnum):
    """One of five parallel tracks."""

    THEORY = "theory"
    GOVERNANCE = "governance"
    EDGE = "edge"
    SECURITY = "security"
    VERIFICATION = "verification"


class Phase(StrEnum):
    """What a cell is for, in the order of the programme."""

    THEORY = "theory"
    BUILD = "build"
    VERIFY = "verify"
    OPTIMISE = "optimise"


@dataclass(frozen=True, slots=True)
class Cell:
    """One workstream's work in a phase. It starts when the cells it needs are settled."""

    phase: Phase
    name: str
    workstream: Workstream
    needs: tuple[str, ...] = ()
    owes: tuple[str, ...] = ()  # ids of deliverables

    @property
    def id(self) -> str:
        """Name the cell as people write it: ``build/security``."""
        return f"{self.phase}/{self.name}"


_T, _G, _E, _S, _V = Workstream

CELLS: tuple[Cell, ...] = (
    Cell(Phase.THEORY, "distributed", _T, (), ("theory-distributed",)),
    Cell(Phase.THEORY, "ai", _T),
    Cell(Phase.THEORY, "edge", _T),
    Cell(Phase.THEORY, "security", _T),
    Cell(
        Phase.THEORY,
        "integrate",
        _T,
        ("theory/distributed", "theory/ai", "theory/edge", "theory/security"),
        ("theory-system", "study-summary", "relation-analysis"),
    ),
    Cell(Phase.BUILD, "baseline", _V),
    Cell(Phase.BUILD, "governance", _G, ("theory/ai", "build/baseline")),
    Cell(Phase.BUILD, "edge", _E, ("theory/edge", "theory/distributed")),
    Cell(Phase.BUILD, "security", _S, ("theory/security",), ("findings", "candidates")),
    Cell(
        Phase.BUILD,
        "integrate",
        _V,
        ("build/governance", "build/edge", "build/security"),
        ("integration-report",),
    ),
    Cell(Phase.VERIFY, "integration", _V, ("build/integrate",), ("test-report",)),
    Cell(
        Phase.VERIFY,
        "performance",
        _V,
        ("build/integrate", "verify/integration"),
        ("performance-baseline",),
    ),
    Cell(Phase.VERIFY, "security", _S, ("build/integrate", "verify/performance")),
    Cell(Phase.VERIFY, "acceptance", _V, ("build/integrate", "verify/security"), ("issue-list",)),
    Cell(Phase.OPTIMISE, "performance", _V, ("verify/performance",), ("optimisation-report",)),
    Cell(Phase.OPTIMISE, "harden", _S, ("verify/security",), ("hardening-report",)),
    Cell(
        Phase.OPTIMISE,
        "deploy",
        _E,
        ("optimise/performance", "optimise/harden", "verify/acceptance"),
        ("deployment-document",),
    ),
    Cell(Phase.OPTIMISE, "training", _T, ("optimise/deploy",), ("user-manual",)),
)


def needs_among(built: Collection[str], cell: Cell) -> tuple[str, ...]:
    """List the built cells that ``cell`` waits for.

    A cell that is not built yet passes its needs through: whoever needs it
    needs what it needs.
    """
    by_id = {each.id: each for each in CELLS}
    found: dict[str, None] = {}
    open_ids = list(reversed(cell.needs))
    while open_ids:
        needed = open_ids.pop()
        if needed in built:
            found[needed] = None
        else:
            open_ids.extend(reversed(by_id[needed].needs))
    return tuple(found)
