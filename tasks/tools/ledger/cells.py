"""Cells in the ledger: completion records, and everything that ever happened to a cell.

A completion record lets a resumed run pass a finished cell by. It is replaced when the
cell runs again on other inputs; the events are append-only, and so tell the whole story.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from tasks.tools.ledger.tables import CELL_EVENTS, CELLS, RUNS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger

# As many measurements as a median needs to shrug one odd run off.
_RECENT = 5


class CellEvent(StrEnum):
    """What happened to a cell."""

    ENTERED = "entered"
    PASSED = "passed"  # it had finished on the same inputs
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Completion:
    """A finished cell: the digest of what went in, where its outcome is, and what it took."""

    cell: str
    inputs: str
    outcome: str
    seconds: float | None = None
    cpu_seconds: float | None = None
    parts: Mapping[str, Any] | None = None  # digest of each thing that went in
    programs: Mapping[str, str] | None = field(default=None)  # SHA-256 by name


@dataclass(frozen=True, slots=True)
class CellLine:
    """One event of one cell."""

    cell: str
    event: CellEvent
    inputs: str
    epoch: int
    seconds: float | None = None


def complete(ledger: Ledger, run: Run, done: Completion) -> None:
    """Record that a cell finished."""
    values = asdict(done)
    line = uuid.uuid4().hex

    def work(connection: Connection) -> None:
        row = insert(CELLS).values(run=run.id, **values)
        connection.execute(
            row.on_conflict_do_update(
                index_elements=[CELLS.c.run, CELLS.c.cell],
                set_=values | {"finished_at": func.clock_timestamp()},
            )
        )
        event = (done.cell, CellEvent.FINISHED, done.inputs)
        _append(connection, run, line, event, done.seconds)

    ledger.write(run, work)


def tell(ledger: Ledger, run: Run, cell: str, event: CellEvent, inputs: str) -> None:
    """Add one event.

    Raises:
        StaleLeaseError: another process owns the platform by now.
    """
    line = uuid.uuid4().hex  # a repeated transaction adds the same line once
    ledger.write(run, lambda connection: _append(connection, run, line, (cell, event, inputs)))


def _append(
    connection: Connection,
    run: Run,
    line: str,
    told: tuple[str, CellEvent, str],
    seconds: float | None = None,
) -> None:
    cell, event, inputs = told
    row = insert(CELL_EVENTS).values(
        id=line,
        run=run.id,
        cell=cell,
        event=event.value,
        inputs=inputs,
        epoch=run.epoch,
        seconds=seconds,
        at=func.clock_timestamp(),
    )
    connection.execute(row.on_conflict_do_nothing())


def completed(ledger: Ledger, run: Run, cell: str, inputs: str) -> str | None:
    """Return where the outcome of ``cell`` is, if it finished on exactly these inputs."""

    def work(connection: Connection) -> str | None:
        return connection.execute(
            select(CELLS.c.outcome).where(
                CELLS.c.run == run.id, CELLS.c.cell == cell, CELLS.c.inputs == inputs
            )
        ).scalar_one_or_none()

    return ledger.transact(work)


def completions(ledger: Ledger, run: str) -> dict[str, Completion]:
    """Return the finished cells of a run by their ids."""
    names = ("cell", "inputs", "outcome", "seconds", "cpu_seconds", "parts", "programs")

    def work(connection: Connection) -> dict[str, Completion]:
        rows = connection.execute(
            select(*(CELLS.c[name] for name in names)).where(CELLS.c.run == run)
        )
        return {row["cell"]: Completion(**row) for row in rows.mappings()}

    return ledger.transact(work)


def events(ledger: Ledger, run: str) -> tuple[CellLine, ...]:
    """Return what happened to the cells of a run, oldest first."""

    def work(connection: Connection) -> tuple[CellLine, ...]:
        columns = (CELL_EVENTS.c[name] for name in ("cell", "event", "inputs", "epoch", "seconds"))
        rows = connection.execute(
            select(*columns).where(CELL_EVENTS.c.run == run).order_by(CELL_EVENTS.c.at)
        )
        return tuple(CellLine(r[0], CellEvent(r[1]), r[2], r[3], r[4]) for r in rows)

    return ledger.transact(work)


def measured(ledger: Ledger, platform: str, cell: str) -> tuple[tuple[float, float], ...]:
    """Return seconds and CPU seconds of a cell's newest completions on this platform."""

    def work(connection: Connection) -> tuple[tuple[float, float], ...]:
        rows = connection.execute(
            select(CELLS.c.seconds, CELLS.c.cpu_seconds)
            .join(RUNS, RUNS.c.id == CELLS.c.run)
            .where(RUNS.c.platform == platform, CELLS.c.cell == cell, CELLS.c.seconds.is_not(None))
            .order_by(CELLS.c.finished_at.desc())
            .limit(_RECENT)
        )
        return tuple((float(row[0]), float(row[1] or 0.0)) for row in rows)

    return ledger.transact(work)
