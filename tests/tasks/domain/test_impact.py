"""What somebody is told before he decides."""

from __future__ import annotations

from tasks.domain.impact import CellStanding, Standing, cost, question
from tasks.domain.interruptions import Kind, Trigger

VALID = CellStanding("theory/distributed", Standing.VALID).priced(2.0, 1.0)
STALE = CellStanding("build/security", Standing.STALE, ("code",)).priced(10.0, 4.0)
NEVER = CellStanding("verify/integration", Standing.STALE, ("given",))
OPEN = CellStanding("optimise/training", Standing.OPEN).priced(3.0, 0.5)
CELLS = (VALID, STALE, NEVER, OPEN)


def test_the_cost_of_doing_it_again_is_that_of_the_stale_cells_by_measured_durations() -> None:
    assert cost(CELLS, (Standing.STALE,)) == {
        "cells": ["build/security", "verify/integration"],
        "seconds": 10.0,
        "cpu_seconds": 4.0,
        "not_measured": ["verify/integration"],
    }


def test_every_cell_is_told_with_its_deliverables_and_whether_the_reason_concerns_it() -> None:
    asked = question((Trigger(Kind.COMPLIANCE, "map", "a new version"),), CELLS)

    told = {each["cell"]: each for each in asked["cells"]}
    assert told["build/security"]["concerned"]
    assert not told["theory/distributed"]["concerned"]
    assert told["optimise/training"]["deliverables"] == ["user-manual"]
    assert asked["rest"]["cells"] == ["optimise/training"]
    assert asked["strategies"][0] == "assess-impact"
    assert asked["choices"] == ["resume", "replan", "stop"]
