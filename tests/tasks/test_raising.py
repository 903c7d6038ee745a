"""Raising a trigger by hand: for one run or all, never without a reason."""

from __future__ import annotations

import uuid

import pytest

from tasks.domain.interruptions import Kind
from tasks.raising import NOBODY, NoReasonError, by_hand
from tasks.tools.ledger import runs, triggers
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.runs import RunRecord
from tasks.tools.ledger.triggers import RunEndedError

SAID = ("kim", "command")


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger(ledger_url)


@pytest.fixture
def run(ledger: Ledger) -> str:
    name = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(name, name, "night", "", "/shop", "entry", flow_run=f"f-{name}"))
    return name


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_raised_by_hand(ledger: Ledger, run: str, kind: Kind) -> None:
    assert by_hand(ledger, kind, "so it is", run, SAID) == [run]

    (told,) = triggers.pending(ledger, run)
    assert (told.kind, told.reason, told.by, told.source) == (kind, "so it is", *SAID)


def test_the_same_person_may_stop_a_run_twice_for_the_same_reason(ledger: Ledger, run: str) -> None:
    for _ in range(2):
        by_hand(ledger, Kind.MARKET, "again", f"f-{run}", SAID)

    assert len(triggers.pending(ledger, run)) == 2


def test_without_a_run_all_that_are_unfinished_are_stopped(ledger: Ledger, run: str) -> None:
    assert run in by_hand(ledger, Kind.STRATEGY, "we sell the company", "", ("", "event"))

    assert triggers.pending(ledger, run)[0].by == NOBODY


def test_no_reason_and_no_run_are_refused(ledger: Ledger, run: str) -> None:
    with pytest.raises(NoReasonError, match="reason"):
        by_hand(ledger, Kind.MARKET, "  ", run, SAID)
    with pytest.raises(RunEndedError, match="There is no run"):
        by_hand(ledger, Kind.MARKET, "why not", "nowhere", SAID)
    assert triggers.pending(ledger, run) == ()
