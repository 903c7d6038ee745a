"""Completion records of cells: what lets a resumed run pass a finished cell by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from tasks.tools.ledger.tables import CELLS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger


def complete(ledger: Ledger, run: Run, cell: str, inputs: str, outcome: str) -> None:
    """Record that ``cell`` finished on ``inputs`` (a digest); ``outcome`` is where its value is."""

    def work(connection: Connection) -> None:
        row = insert(CELLS).values(run=run.id, cell=cell, inputs=inputs, outcome=outcome)
        connection.execute(
            row.on_conflict_do_update(
                index_elements=[CELLS.c.run, CELLS.c.cell],
                set_={"inputs": inputs, "outcome": outcome, "finished_at": func.now()},
            )
        )

    ledger.write(run, work)


def completed(ledger: Ledger, run: Run, cell: str, inputs: str) -> str | None:
    """Return where the outcome of ``cell`` is, if it finished on exactly these inputs."""

    def work(connection: Connection) -> str | None:
        return connection.execute(
            select(CELLS.c.outcome).where(
                CELLS.c.run == run.id, CELLS.c.cell == cell, CELLS.c.inputs == inputs
            )
        ).scalar_one_or_none()

    return ledger.transact(work)
