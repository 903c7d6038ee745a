"""Triggers in the ledger: reasons to stop a run, read between its steps.

Anybody may raise one, with or without a lease. A trigger is pending until its run has
asked somebody about it; while one is pending, or a question waits, no step begins.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from tasks.domain.exits import Exit
from tasks.domain.interruptions import Kind, Trigger
from tasks.domain.runs import RunState
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger.tables import DECISIONS, RUNS, TRIGGERS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.tools.ledger.database import Ledger


class RunEndedError(PermanentToolError):
    """A run that has finished, or never was, cannot be stopped."""

    exit = Exit.USAGE


def raise_trigger(ledger: Ledger, run: str, trigger: Trigger) -> bool:
    """Write a reason to stop ``run`` down; False when the same stopped it before.

    Raises:
        RunEndedError: there is nothing to stop.
    """
    name = uuid.uuid4().hex

    def work(connection: Connection) -> bool:
        found = connection.execute(
            select(RUNS.c.platform, RUNS.c.state).where(RUNS.c.id == run).with_for_update()
        ).one_or_none()
        if found is None or found.state != RunState.OPEN:
            what = f"Run {run} has finished." if found else f"There is no run {run}."
            raise RunEndedError(what, "`cmi status` lists those that can be interrupted.")
        row = insert(TRIGGERS).values(
            id=name,
            run=run,
            platform=found.platform,
            kind=trigger.kind.value,
            subject=trigger.subject,
            reason=trigger.reason,
            by=trigger.by,
            source=trigger.source,
            detail=dict(trigger.detail),
            gate="",
        )
        connection.execute(row.on_conflict_do_nothing())
        there = select(TRIGGERS.c.id).where(TRIGGERS.c.id == name)
        return connection.execute(there).one_or_none() is not None

    return ledger.transact(work)


def pending(ledger: Ledger, run: str) -> tuple[Trigger, ...]:
    """List the reasons that nobody was asked about yet, oldest first."""
    return _list(ledger, (TRIGGERS.c.run == run) & (TRIGGERS.c.gate == ""))


def raised(ledger: Ledger, run: str) -> tuple[Trigger, ...]:
    """List every reason that ever stopped a run, oldest first."""
    return _list(ledger, TRIGGERS.c.run == run)


def _list(ledger: Ledger, condition: Any) -> tuple[Trigger, ...]:
    names = ("kind", "subject", "reason", "by", "source", "detail")

    def work(connection: Connection) -> tuple[Trigger, ...]:
        columns = (TRIGGERS.c[name] for name in names)
        rows = connection.execute(
            select(*columns).where(condition).order_by(TRIGGERS.c.raised_at, TRIGGERS.c.id)
        )
        return tuple(Trigger(Kind(row[0]), *row[1:]) for row in rows)

    return ledger.transact(work)


def stops(connection: Connection, run: str) -> bool:
    """Tell whether ``run`` shall take no further step, within somebody else's transaction."""
    reason = select(TRIGGERS.c.id).where(TRIGGERS.c.run == run, TRIGGERS.c.gate == "").exists()
    question = (
        select(DECISIONS.c.gate)
        .where(DECISIONS.c.run == run, DECISIONS.c.answered_at.is_(None))
        .exists()
    )
    return bool(connection.execute(select(or_(reason, question))).scalar_one())


def stopped(ledger: Ledger, run: str) -> bool:
    """Tell whether ``run`` shall take no further step."""
    return ledger.transact(lambda connection: stops(connection, run))
