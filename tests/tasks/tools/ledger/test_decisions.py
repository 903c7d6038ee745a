from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from tasks.domain.interruptions import Answer, Choice, Strategy
from tasks.tools.ledger import decisions
from tasks.tools.ledger.decisions import AlreadyDecidedError, NotWaitingError

if TYPE_CHECKING:
    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger

GATE = "gate-1"
KIM = Answer(Choice.REPLAN, "kim", "cheaper", (Strategy.ADJUST_PLAN,), quick=True)


def test_a_question_waits_until_it_is_answered_and_keeps_who_what_and_why(
    ledger: Ledger, run: Run
) -> None:
    decisions.ask(ledger, run, GATE, {"triggers": []}, ())
    (waiting,) = decisions.waiting(ledger, run.id)
    assert (waiting.answer, waiting.answered_at) == (None, "")

    decisions.answer(ledger, run.id, GATE, KIM)

    assert decisions.waiting(ledger, run.id) == ()
    (kept,) = decisions.of_run(ledger, run.id)
    assert kept.answer == KIM
    assert kept.answered_at >= kept.asked_at


def test_asking_again_after_a_kill_changes_neither_question_nor_answer(
    ledger: Ledger, run: Run
) -> None:
    decisions.ask(ledger, run, GATE, {"n": 1}, ())
    decisions.answer(ledger, run.id, GATE, KIM)

    decisions.ask(ledger, run, GATE, {"n": 2}, ())

    (kept,) = decisions.of_run(ledger, run.id)
    assert (kept.question, kept.answer) == ({"n": 1}, KIM)


def test_of_twenty_who_decide_at_once_one_wins_and_the_others_are_told_who_and_what(
    ledger: Ledger, run: Run
) -> None:
    decisions.ask(ledger, run, GATE, {}, ())
    ready = Barrier(20)

    def decide(number: int) -> str:
        choice = list(Choice)[number % 3]
        ready.wait()
        try:
            decisions.answer(ledger, run.id, GATE, Answer(choice, f"person {number}", "so"))
        except AlreadyDecidedError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(20) as people:
        told = list(people.map(decide, range(20)))

    (kept,) = decisions.of_run(ledger, run.id)
    assert kept.answer is not None
    assert told.count("") == 1
    assert f"person {told.index('')}" == kept.answer.by
    losers = [each for each in told if each]
    assert all(f"{kept.answer.by} decided" in each for each in losers)
    assert all(f": {kept.answer.choice.value}." in each for each in losers)


def test_a_run_that_asked_nothing_takes_no_answer(ledger: Ledger, run: Run) -> None:
    with pytest.raises(NotWaitingError, match="waits for no decision"):
        decisions.answer(ledger, run.id, GATE, KIM)
    assert decisions.of_run(ledger, run.id) == ()
