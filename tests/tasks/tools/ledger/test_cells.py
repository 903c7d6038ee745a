from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasks.tools.ledger import cells, runs
from tasks.tools.ledger.cells import CellEvent, CellLine, Completion
from tasks.tools.ledger.database import StaleLeaseError
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger

SECURITY = "build/security"


def test_a_cell_is_finished_only_on_the_inputs_that_it_finished_on(
    ledger: Ledger, run: Run
) -> None:
    cells.complete(ledger, run, Completion(SECURITY, "old inputs", "old outcome"))
    cells.complete(ledger, run, Completion(SECURITY, "inputs", "outcome"))

    assert cells.completed(ledger, run, SECURITY, "inputs") == "outcome"
    assert cells.completed(ledger, run, SECURITY, "old inputs") is None
    assert cells.completed(ledger, run, "optimise/harden", "inputs") is None


def test_what_a_cell_took_and_was_made_from_comes_back_as_it_was_written(
    ledger: Ledger, run: Run
) -> None:
    done = Completion(SECURITY, "i", "o", 1.5, 0.25, {"content": "abc"}, {"git": "00ff"})
    cells.complete(ledger, run, done)

    assert cells.completions(ledger, run.id) == {SECURITY: done}


def test_a_cell_that_ran_twice_has_one_record_and_its_whole_story(ledger: Ledger, run: Run) -> None:
    cells.tell(ledger, run, SECURITY, CellEvent.ENTERED, "old")
    cells.complete(ledger, run, Completion(SECURITY, "old", "o", 2.0))
    cells.tell(ledger, run, SECURITY, CellEvent.ENTERED, "new")
    cells.complete(ledger, run, Completion(SECURITY, "new", "o", 3.0))

    assert cells.events(ledger, run.id) == (
        CellLine(SECURITY, CellEvent.ENTERED, "old", run.epoch),
        CellLine(SECURITY, CellEvent.FINISHED, "old", run.epoch, 2.0),
        CellLine(SECURITY, CellEvent.ENTERED, "new", run.epoch),
        CellLine(SECURITY, CellEvent.FINISHED, "new", run.epoch, 3.0),
    )
    assert list(cells.completions(ledger, run.id)) == [SECURITY]


def test_a_process_that_lost_its_platform_tells_nothing(ledger: Ledger, run: Run) -> None:
    stale = replace(run, epoch=run.epoch - 1)

    with pytest.raises(StaleLeaseError):
        cells.tell(ledger, stale, SECURITY, CellEvent.ENTERED, "i")
    assert cells.events(ledger, run.id) == ()


def test_durations_are_those_of_the_same_platform_newest_first(ledger: Ledger, run: Run) -> None:
    runs.begin(ledger, RunRecord(run.id, run.platform, "night", "", "place", "entry"))
    cells.complete(ledger, run, Completion(SECURITY, "i", "o", 4.0, 1.0))
    cells.complete(ledger, run, Completion("optimise/harden", "i", "o"))  # not measured

    assert cells.measured(ledger, run.platform, SECURITY) == ((4.0, 1.0),)
    assert cells.measured(ledger, run.platform, "optimise/harden") == ()
    assert cells.measured(ledger, "another", SECURITY) == ()
