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
from tasks.tools.ledger.tables import SCHEMA, STEPS

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


# One way to the database and back. The lease's row stays locked until the line is there, as in
# `Ledger.write`. The line need not outlive the machine: after a power loss a step's stored result
# decides whether it runs again, and whatever is written later with a flush (an effect, a finished
# cell, a decision, a lease) takes all lines before it along. So no step waits for the disk.
# $1 id, $2 run, $3 step, $4 key, $5 event, $6 epoch, $7 platform.
_APPEND = f"""
WITH loose AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
held AS MATERIALIZED (
  SELECT l.epoch FROM loose CROSS JOIN {SCHEMA}.leases l
  WHERE l.platform = $7 AND l.run = $2 AND l.epoch = $6::bigint FOR SHARE OF l)
INSERT INTO {SCHEMA}.steps (id, run, step, key, event, epoch)
SELECT $1, $2, $3, $4, $5, epoch FROM held
WHERE $5 <> 'started' OR NOT (
  EXISTS (SELECT FROM {SCHEMA}.triggers t WHERE t.run = $2 AND t.gate = '')
  OR EXISTS (SELECT FROM {SCHEMA}.decisions d WHERE d.run = $2 AND d.answered_at IS NULL))
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608  # the schema's name is a constant of ours


def append(ledger: Ledger, run: Run, step: str, key: str, event: StepEvent) -> bool:
    """Add one line; False, and none is added, when a step shall not begin because of a trigger.

    Raises:
        StaleLeaseError: another process owns the platform by now.
    """
    line = uuid.uuid4().hex  # a repeated transaction adds the same line once
    named = {"id": line, "run": run.id, "step": step, "key": key, "event": event.value}
    values: dict[str, str | int] = {**named, "epoch": run.epoch}
    if ledger.quickly(_APPEND, (*named.values(), str(run.epoch), run.platform)):
        return True

    def work(connection: Connection) -> bool:  # slower, and says what stands in the way
        if event is StepEvent.STARTED and triggers.stops(connection, run.id):
            return False
        connection.execute(insert(STEPS).values(**values).on_conflict_do_nothing())
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
