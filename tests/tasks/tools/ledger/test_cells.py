from tasks.domain.runs import Run
from tasks.tools.ledger import cells
from tasks.tools.ledger.database import Ledger


def test_a_cell_is_finished_only_on_the_inputs_that_it_finished_on(
    ledger: Ledger, run: Run
) -> None:
    cells.complete(ledger, run, "build/security", "old inputs", "old outcome")
    cells.complete(ledger, run, "build/security", "inputs", "outcome")

    assert cells.completed(ledger, run, "build/security", "inputs") == "outcome"
    assert cells.completed(ledger, run, "build/security", "old inputs") is None
    assert cells.completed(ledger, run, "optimise/harden", "inputs") is None
