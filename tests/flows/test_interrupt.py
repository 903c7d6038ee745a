"""The deployment that stops a programme."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flows.interrupt import interrupt
from tasks.domain.interruptions import Kind
from tasks.tools.ledger import runs, triggers
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from tasks.tools.ledger.database import Ledger


def test_what_the_form_says_stops_the_run_that_it_names(ledger: Ledger) -> None:
    run = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(run, run, "night", "", "/shop", "entry"))

    assert interrupt(Kind.MARKET, "a rival ships", run, "kim") == [run]

    (told,) = triggers.pending(ledger, run)
    assert (told.kind, told.reason, told.by) == (Kind.MARKET, "a rival ships", "kim")
    assert told.source == "deployment"
