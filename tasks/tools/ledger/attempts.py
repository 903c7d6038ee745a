"""Attempts in the ledger: each time that a process owned a run's platform, and what it took.

The row is written again while the process works, so that a killed one is accounted for
up to its last sign of life.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from tasks.domain.runs import RunState
from tasks.tools.ledger.tables import ATTEMPTS, RUNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger


@dataclass(frozen=True, slots=True)
class Spent:
    """What work took: seconds of working, of a processor, and bytes on the disk."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    bytes: int = 0


def note(ledger: Ledger, run: Run, spent: Spent, ground: Mapping[str, Any]) -> None:
    """Write down what the present attempt has taken so far, and what it stands on.

    Raises:
        StaleLeaseError: another process owns the platform by now.
    """
    values = {
        "seconds": spent.seconds,
        "cpu_seconds": spent.cpu_seconds,
        "bytes": spent.bytes,
        "seen_at": func.clock_timestamp(),
    }

    def work(connection: Connection) -> None:
        row = insert(ATTEMPTS).values(run=run.id, epoch=run.epoch, ground=dict(ground), **values)
        connection.execute(
            row.on_conflict_do_update(
                index_elements=[ATTEMPTS.c.run, ATTEMPTS.c.epoch], set_=values
            )
        )

    ledger.write(run, work)


def spent(ledger: Ledger, run: str) -> Spent:
    """Add up what all attempts of a run took."""

    def work(connection: Connection) -> Spent:
        sums = (func.sum(ATTEMPTS.c[name]) for name in ("seconds", "cpu_seconds", "bytes"))
        row = connection.execute(select(*sums).where(ATTEMPTS.c.run == run)).one()
        return Spent(float(row[0] or 0), float(row[1] or 0), int(row[2] or 0))

    return ledger.transact(work)


def grounds(ledger: Ledger, run: str) -> tuple[Mapping[str, Any], ...]:
    """Return what the attempts of a run stood on, oldest first."""

    def work(connection: Connection) -> tuple[Mapping[str, Any], ...]:
        found = select(ATTEMPTS.c.ground).where(ATTEMPTS.c.run == run)
        return tuple(connection.execute(found.order_by(ATTEMPTS.c.epoch)).scalars())

    return ledger.transact(work)


def former(ledger: Ledger, platform: str, run: str) -> Spent | None:
    """Return what the newest finished run of a platform took, other than ``run``."""

    def work(connection: Connection) -> str | None:
        found = (
            select(RUNS.c.id)
            .join(ATTEMPTS, ATTEMPTS.c.run == RUNS.c.id)
            .where(RUNS.c.platform == platform, RUNS.c.id != run)
            .where(RUNS.c.state == RunState.FINISHED.value)
            .order_by(RUNS.c.changed_at.desc())
            .limit(1)
        )
        return connection.execute(found).scalar_one_or_none()

    newest = ledger.transact(work)
    return spent(ledger, newest) if newest else None
