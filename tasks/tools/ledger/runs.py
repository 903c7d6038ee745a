"""Runs in the ledger: begun before the first step, finished when the outcome is committed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from tasks.domain.runs import Run, RunState
from tasks.tools.ledger.tables import LEASES, RUNS, STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from tasks.tools.ledger.database import Ledger


_LOOKED_AT = 50  # former runs; those without a bundle among them are passed by


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What the ledger knows of a run."""

    id: str
    platform: str
    batch: str
    salt: str
    source: str
    entry: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    flow_run: str = ""
    state: RunState = RunState.OPEN
    outcome: Mapping[str, Any] = field(default_factory=dict)


_FIELDS = (
    RUNS.c.id,
    RUNS.c.platform,
    RUNS.c.batch,
    RUNS.c.salt,
    RUNS.c.source,
    RUNS.c.entry,
    RUNS.c.parameters,
    RUNS.c.flow_run,
    RUNS.c.state,
    RUNS.c.outcome,
)


def _record(row: RowMapping) -> RunRecord:
    return RunRecord(**{**row, "state": RunState(row["state"])})


def begin(ledger: Ledger, record: RunRecord) -> RunRecord:
    """Write a run down, or return it as it is when it was begun before.

    Batch, salt and parameters stay those of the first time: a resumption may not
    change what its own finished steps were keyed by.
    """

    def work(connection: Connection) -> RunRecord:
        connection.execute(
            insert(RUNS)
            .values(
                id=record.id,
                platform=record.platform,
                batch=record.batch,
                salt=record.salt,
                source=record.source,
                entry=record.entry,
                parameters=dict(record.parameters),
                flow_run=record.flow_run,
                state=RunState.OPEN.value,
                outcome={},
            )
            .on_conflict_do_nothing()
        )
        row = connection.execute(select(*_FIELDS).where(RUNS.c.id == record.id))
        return _record(row.mappings().one())

    return ledger.transact(work)


def begun(ledger: Ledger, run: str) -> str:
    """Say when a run began, ISO 8601 in UTC to the second."""

    def work(connection: Connection) -> str:
        at = connection.execute(select(RUNS.c.begun_at).where(RUNS.c.id == run)).scalar_one()
        return str(at.astimezone(dt.UTC).isoformat(timespec="seconds"))

    return ledger.transact(work)


def submitted(ledger: Ledger, run: str, flow_run: str) -> None:
    """Write down which flow run carries ``run`` from now on."""

    def work(connection: Connection) -> None:
        connection.execute(
            update(RUNS)
            .where(RUNS.c.id == run)
            .values(flow_run=flow_run, changed_at=func.clock_timestamp())
        )

    ledger.transact(work)


def finish(ledger: Ledger, run: Run, outcome: Mapping[str, Any]) -> None:
    """Commit the outcome: from here on the run is finished."""

    def work(connection: Connection) -> None:
        connection.execute(
            update(RUNS)
            .where(RUNS.c.id == run.id)
            .values(
                state=RunState.FINISHED.value,
                outcome=dict(outcome),
                changed_at=func.clock_timestamp(),
            )
        )

    ledger.write(run, work)


def note(ledger: Ledger, run: Run, outcome: Mapping[str, Any]) -> None:
    """Write down why an open run stopped; it stays open, because it can be resumed.

    Raises:
        StaleLeaseError: another process owns the platform by now, and tells its own story.
    """

    def work(connection: Connection) -> None:
        connection.execute(
            update(RUNS)
            .where(RUNS.c.id == run.id, RUNS.c.state == RunState.OPEN.value)
            .values(outcome=dict(outcome), changed_at=func.clock_timestamp())
        )

    ledger.write(run, work)


def withdraw(ledger: Ledger, run: str) -> None:
    """Forget a run that never took a step: it was refused before it owned its platform."""

    def work(connection: Connection) -> None:
        stepped = select(STEPS.c.id).where(STEPS.c.run == run).exists()
        owned = select(LEASES.c.run).where(LEASES.c.run == run).exists()
        connection.execute(delete(RUNS).where(RUNS.c.id == run, ~stepped, ~owned))

    ledger.transact(work)


def find(ledger: Ledger, run: str) -> RunRecord | None:
    """Look a run up by its id, or by the id of the flow run that carries it."""
    return _newest(ledger, (RUNS.c.id == run) | (RUNS.c.flow_run == run))


def newest(
    ledger: Ledger,
    platform: str = "",
    batch: str = "",
    state: RunState | None = None,
    phase: str | None = None,
) -> RunRecord | None:
    """Find the newest run, of one platform, batch or state where these are given.

    An empty ``phase`` finds programmes only, no runs of one phase alone.
    """
    condition: ColumnElement[bool] = RUNS.c.id != ""
    if platform:
        condition &= RUNS.c.platform == platform
    if batch:
        condition &= RUNS.c.batch == batch
    if state:
        condition &= RUNS.c.state == state.value
    if phase is not None:
        condition &= func.coalesce(RUNS.c.parameters["phase"].as_string(), "") == phase
    return _newest(ledger, condition)


def unfinished(ledger: Ledger) -> tuple[str, ...]:
    """List the ids of all runs that have not finished, oldest first."""

    def work(connection: Connection) -> tuple[str, ...]:
        found = select(RUNS.c.id).where(RUNS.c.state == RunState.OPEN.value)
        return tuple(connection.execute(found.order_by(RUNS.c.begun_at)).scalars())

    return ledger.transact(work)


def finished_before(ledger: Ledger, platform: str, run: str, begun: str) -> list[RunRecord]:
    """List the finished programmes of a platform that began before ``begun``, newest first."""

    def work(connection: Connection) -> list[RunRecord]:
        phase = func.coalesce(RUNS.c.parameters["phase"].as_string(), "")
        found = (
            select(*_FIELDS)
            .where(RUNS.c.platform == platform, RUNS.c.id != run, phase == "")
            .where(RUNS.c.state == RunState.FINISHED.value)
            .where(RUNS.c.begun_at < dt.datetime.fromisoformat(begun))
            .order_by(RUNS.c.begun_at.desc())
            .limit(_LOOKED_AT)
        )
        return [_record(row) for row in connection.execute(found).mappings()]

    return ledger.transact(work)


def _newest(ledger: Ledger, condition: ColumnElement[bool]) -> RunRecord | None:
    def work(connection: Connection) -> RunRecord | None:
        found = select(*_FIELDS).where(condition).order_by(RUNS.c.begun_at.desc()).limit(1)
        row = connection.execute(found).mappings().one_or_none()
        return None if row is None else _record(row)

    return ledger.transact(work)
