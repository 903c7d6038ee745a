"""Plans and samples: what is to be measured is written before the first sample is taken.

A plan cannot be changed afterwards, and each of its positions is filled exactly once, in
order: a measurement that was killed at its 17th pair goes on with the 18th.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from tasks.domain.canonical import digest
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger.tables import PLANS, SAMPLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger


class PlanChangedError(PermanentToolError):
    """A measurement cannot follow another plan than the one that was written first."""


class SampleOrderError(PermanentToolError):
    """A sample is not the next one of its plan."""


def commit(ledger: Ledger, run: Run, name: str, plan: Mapping[str, Any]) -> None:
    """Write a plan down; writing the same one again changes nothing.

    Raises:
        PlanChangedError: another plan of this name is there.
        StaleLeaseError: another process owns the platform by now.
    """
    wanted = digest(plan)

    def work(connection: Connection) -> None:
        row = insert(PLANS).values(
            run=run.id, name=name, digest=wanted, plan=dict(plan), epoch=run.epoch
        )
        connection.execute(row.on_conflict_do_nothing())
        there = select(PLANS.c.digest).where(PLANS.c.run == run.id, PLANS.c.name == name)
        if connection.execute(there).scalar_one() != wanted:
            what = f"The plan {name} of run {run.id} was written down with other content."
            raise PlanChangedError(what, "Begin another run: `cmi run --fresh`.")

    ledger.write(run, work)


def add(ledger: Ledger, run: Run, name: str, position: int, value: Mapping[str, Any]) -> None:
    """Commit the sample at ``position``, counted from 1; only the next one fits.

    Raises:
        SampleOrderError: it is not the next one, or its plan is not there.
        StaleLeaseError: another process owns the platform by now.
    """

    def work(connection: Connection) -> None:
        mine = (SAMPLES.c.run == run.id) & (SAMPLES.c.plan == name)
        planned = select(PLANS.c.name).where(PLANS.c.run == run.id, PLANS.c.name == name)
        known = connection.execute(planned.with_for_update()).one_or_none()
        taken = connection.execute(select(func.count()).where(mine)).scalar_one()
        held = select(SAMPLES.c.value).where(mine, SAMPLES.c.position == position)
        if connection.execute(held).scalar_one_or_none() == dict(value):
            return  # the answer to this very commit got lost
        if known is None or position != taken + 1:
            what = f"Sample {position} of plan {name} does not follow sample {taken}."
            raise SampleOrderError(what, "Ask the ledger where the measurement stands.")
        row = {"run": run.id, "plan": name, "position": position, "epoch": run.epoch}
        connection.execute(insert(SAMPLES).values(**row, value=dict(value)))

    ledger.write(run, work)


def names(ledger: Ledger, run: str) -> tuple[str, ...]:
    """List the plans of a run, by name."""

    def work(connection: Connection) -> tuple[str, ...]:
        found = select(PLANS.c.name).where(PLANS.c.run == run).order_by(PLANS.c.name)
        return tuple(connection.execute(found).scalars())

    return ledger.transact(work)


def samples(ledger: Ledger, run: str, name: str) -> tuple[Mapping[str, Any], ...]:
    """Return the samples of a plan in their order."""

    def work(connection: Connection) -> tuple[Mapping[str, Any], ...]:
        found = select(SAMPLES.c.value).where(SAMPLES.c.run == run, SAMPLES.c.plan == name)
        return tuple(connection.execute(found.order_by(SAMPLES.c.position)).scalars())

    return ledger.transact(work)
