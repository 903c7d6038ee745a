from dataclasses import replace

import pytest

from tasks.domain.runs import Run
from tasks.tools.ledger import journal
from tasks.tools.ledger.database import Ledger, StaleLeaseError
from tasks.tools.ledger.journal import StepEvent, StepLine


def test_the_journal_keeps_every_line_in_its_order(ledger: Ledger, run: Run) -> None:
    journal.append(ledger, run, "read", "k1", StepEvent.STARTED)
    journal.append(ledger, run, "read", "k1", StepEvent.COMMITTED)
    journal.append(ledger, run, "read", "k1", StepEvent.STARTED)

    assert journal.lines(ledger, run.id) == (
        StepLine("read", "k1", StepEvent.STARTED, run.epoch),
        StepLine("read", "k1", StepEvent.COMMITTED, run.epoch),
        StepLine("read", "k1", StepEvent.STARTED, run.epoch),
    )


def test_a_process_that_lost_its_platform_stops_at_its_next_step(ledger: Ledger, run: Run) -> None:
    with pytest.raises(StaleLeaseError):
        journal.append(ledger, replace(run, epoch=run.epoch + 1), "read", "k", StepEvent.STARTED)
