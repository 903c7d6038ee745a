"""Decisions in the ledger: a question is asked once, and answered once.

Nothing here knows a time limit: a question waits until a person answers it. Of two who
answer at once the database lets one through; the other is told who was first.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from tasks.domain.canonical import plain
from tasks.domain.exits import Exit
from tasks.domain.interruptions import Answer, Decision, answer_of
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger.tables import DECISIONS, TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from tasks.domain.interruptions import Trigger
    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger


class NotWaitingError(PermanentToolError):
    """Nobody asked anything of this run."""

    exit = Exit.USAGE


class AlreadyDecidedError(PermanentToolError):
    """Somebody else was first."""

    exit = Exit.USAGE


class DecisionNeededError(PermanentToolError):
    """The run waits until somebody decides; it keeps its platform without a process."""

    exit = Exit.DECISION


def needed(question: Decision) -> DecisionNeededError:
    """Say that a run waits, for what reasons, and what to type."""
    reasons = "; ".join(
        f"{each['kind']}: {each['reason']}" for each in question.question["triggers"]
    )
    what = f"Run {question.run} waits for a decision ({reasons.rstrip('.')})."
    return DecisionNeededError(what, f"`cmi decide {question.run}` shows the question.")


def ask(
    ledger: Ledger, run: Run, gate: str, question: Mapping[str, Any], about: Sequence[Trigger]
) -> None:
    """Commit a question; ``about`` are the triggers that are not pending from then on.

    Raises:
        StaleLeaseError: another process owns the platform by now.
    """
    keys = [(each.kind.value, each.subject) for each in about]

    def work(connection: Connection) -> None:
        row = insert(DECISIONS).values(run=run.id, gate=gate, question=dict(question))
        connection.execute(row.on_conflict_do_nothing())
        asked = (TRIGGERS.c.run == run.id) & tuple_(TRIGGERS.c.kind, TRIGGERS.c.subject).in_(keys)
        connection.execute(update(TRIGGERS).where(asked, TRIGGERS.c.gate == "").values(gate=gate))

    ledger.write(run, work)


def answer(ledger: Ledger, run: str, gate: str, given: Answer) -> None:
    """Answer a question, if nobody did before.

    Raises:
        AlreadyDecidedError: somebody was first; the message says who, what and when.
        NotWaitingError: there is no such question.
    """
    token = uuid.uuid4().hex  # a repeated transaction finds its own answer, not another's
    document = plain(given) | {"id": token}

    def work(connection: Connection) -> None:
        mine = (DECISIONS.c.run == run) & (DECISIONS.c.gate == gate)
        open_ones = update(DECISIONS).where(mine, DECISIONS.c.answered_at.is_(None))
        connection.execute(open_ones.values(answer=document, answered_at=func.clock_timestamp()))
        found = connection.execute(
            select(DECISIONS.c.answer, DECISIONS.c.answered_at).where(mine)
        ).one_or_none()
        if found is None:
            raise not_waiting(run)
        if found.answer.get("id") != token:
            raise decided(run, answer_of(found.answer), _time(found.answered_at))

    ledger.transact(work)


def not_waiting(run: str) -> NotWaitingError:
    """Say that a run asked nothing."""
    what = f"Run {run} waits for no decision."
    return NotWaitingError(what, "`cmi status` lists the runs that wait for one.")


def decided(run: str, given: Answer, at: str) -> AlreadyDecidedError:
    """Say who decided what, and when."""
    what = f"{given.by} decided on run {run} at {at}: {given.choice.value}."
    return AlreadyDecidedError(what, "Your answer changed nothing.")


def of_run(ledger: Ledger, run: str) -> tuple[Decision, ...]:
    """List every question that a run asked, oldest first."""
    return _list(ledger, DECISIONS.c.run == run)


def waiting(ledger: Ledger, run: str = "") -> tuple[Decision, ...]:
    """List the questions that wait for an answer, of one run or of all, oldest first."""
    condition = DECISIONS.c.answered_at.is_(None)
    return _list(ledger, condition & (DECISIONS.c.run == run) if run else condition)


def _list(ledger: Ledger, condition: Any) -> tuple[Decision, ...]:
    def work(connection: Connection) -> tuple[Decision, ...]:
        found = select(DECISIONS).where(condition).order_by(DECISIONS.c.asked_at, DECISIONS.c.gate)
        return tuple(_decision(row) for row in connection.execute(found).mappings())

    return ledger.transact(work)


def _decision(row: RowMapping) -> Decision:
    return Decision(
        row["run"],
        row["gate"],
        row["question"],
        _time(row["asked_at"]),
        answer_of(row["answer"]) if row["answered_at"] else None,
        _time(row["answered_at"]) if row["answered_at"] else "",
    )


def _time(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds")
