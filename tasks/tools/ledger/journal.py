"""The step journal: which step's body began, and which result was committed.

Append-only. ``started`` is written before a body's first line, under the lease, so a
process that lost its platform stops at its next step. ``committed`` is written after
the result is stored, so whatever has it never needs to run again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tasks.tools.ledger import triggers
from tasks.tools.ledger.tables import STEPS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger


class StepEvent(StrEnum):
    """What happened to a step."""

    STARTED = "started"
    COMMITTED = "committed"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the journal. ``key`` is the step's cache key."""

    step: str
    key: str
    event: StepEvent
    epoch: int


def append(ledger: Ledger, run: Run, step: str, key: str, event: StepEvent) -> bool:
    """Add one line; False, and none is added, when a step shall not begin because of a trigger.

    Raises:
        StaleLeaseError: another process owns the platform by now.
    """
    line = uuid.uuid4().hex  # a repeated transaction adds the same line once

    def work(connection: Connection) -> bool:
        if event is StepEvent.STARTED and triggers.stops(connection, run.id):
            return False
        connection.execute(
            insert(STEPS)
            .values(id=line, run=run.id, step=step, key=key, event=event.value, epoch=run.epoch)
            .on_conflict_do_nothing()
        )
        return True

    return ledger.write(run, work)


def lines(ledger: Ledger, run: str) -> tuple[StepLine, ...]:
    """Return the journal of a run, oldest first."""

    def work(connection: Connection) -> tuple[StepLine, ...]:
        rows = connection.execute(
            select(STEPS.c.step, STEPS.c.key, STEPS.c.event, STEPS.c.epoch)
            .where(STEPS.c.run == run)
            .order_by(STEPS.c.at)
        )
        return tuple(StepLine(row[0], row[1], StepEvent(row[2]), row[3]) for row in rows)

    return ledger.transact(work)
