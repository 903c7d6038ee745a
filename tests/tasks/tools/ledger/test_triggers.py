from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.interruptions import Answer, Choice, Kind, Trigger
from tasks.tools.ledger import decisions, runs, triggers
from tasks.tools.ledger.runs import RunRecord
from tasks.tools.ledger.triggers import RunEndedError

if TYPE_CHECKING:
    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger

DEAR = Trigger(Kind.COST, "wall-time 60 s", "an hour is forecast", detail={"forecast": 3600})
LAW = Trigger(Kind.COMPLIANCE, "by hand 1", "a new law", "kim", "command")


@pytest.fixture
def begun(ledger: Ledger, run: Run) -> Run:
    runs.begin(ledger, RunRecord(run.id, run.platform, "night", "", "place", "entry"))
    return run


def test_a_run_is_stopped_from_the_moment_that_a_reason_is_written_down(
    ledger: Ledger, begun: Run
) -> None:
    assert not triggers.stopped(ledger, begun.id)

    assert triggers.raise_trigger(ledger, begun.id, LAW)

    assert triggers.stopped(ledger, begun.id)
    assert triggers.pending(ledger, begun.id) == (LAW,)


def test_the_same_thing_stops_a_run_once_and_another_run_too(ledger: Ledger, begun: Run) -> None:
    runs.begin(ledger, RunRecord(f"{begun.id}-2", begun.platform, "night", "", "place", "entry"))

    told = [triggers.raise_trigger(ledger, begun.id, DEAR) for _ in range(2)]

    assert told == [True, False]
    assert triggers.raise_trigger(ledger, f"{begun.id}-2", DEAR)


def test_a_run_stays_stopped_while_its_question_waits_and_goes_on_when_it_is_answered(
    ledger: Ledger, begun: Run
) -> None:
    triggers.raise_trigger(ledger, begun.id, DEAR)
    decisions.ask(ledger, begun, "gate-1", {}, (DEAR,))
    assert triggers.pending(ledger, begun.id) == ()
    assert triggers.stopped(ledger, begun.id)

    decisions.answer(ledger, begun.id, "gate-1", Answer(Choice.RESUME, "kim", "worth it"))

    assert not triggers.stopped(ledger, begun.id)
    assert triggers.raised(ledger, begun.id) == (DEAR,)
    assert not triggers.raise_trigger(ledger, begun.id, DEAR), "it was decided on"


def test_a_reason_that_comes_while_the_question_is_written_is_asked_next(
    ledger: Ledger, begun: Run
) -> None:
    triggers.raise_trigger(ledger, begun.id, DEAR)
    seen = triggers.pending(ledger, begun.id)
    triggers.raise_trigger(ledger, begun.id, LAW)

    decisions.ask(ledger, begun, "gate-1", {}, seen)

    assert triggers.pending(ledger, begun.id) == (LAW,)


def test_a_run_that_has_finished_or_never_was_is_not_interrupted(
    ledger: Ledger, begun: Run
) -> None:
    runs.finish(ledger, begun, {})

    with pytest.raises(RunEndedError, match="has finished"):
        triggers.raise_trigger(ledger, begun.id, LAW)
    with pytest.raises(RunEndedError, match="There is no run nowhere"):
        triggers.raise_trigger(ledger, "nowhere", LAW)
    assert triggers.raised(ledger, begun.id) == ()
