"""Create the ledger: runs, leases, cells, steps, effects, decisions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "cmi"


def _text(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _now(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON, nullable=False)


def _epoch() -> sa.Column[Any]:
    return sa.Column("epoch", sa.BigInteger, nullable=False)


def _create(name: str, key: tuple[str, ...], columns: list[sa.Column[Any]]) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key), schema=SCHEMA)


def upgrade() -> None:
    """Create what the first release needs."""
    _create_runs()
    _create_their_work()
    op.create_index("runs_by_platform", "runs", ["platform", "begun_at"], schema=SCHEMA)
    op.create_index("steps_by_run", "steps", ["run", "at"], schema=SCHEMA)
    op.create_index("effects_by_run", "effects", ["run"], schema=SCHEMA)


def _create_runs() -> None:
    _create(
        "runs",
        ("id",),
        [
            *_text("id", "platform", "batch", "salt", "source", "entry", "flow_run", "state"),
            *(_json("parameters"), _json("outcome"), _now("begun_at"), _now("changed_at")),
        ],
    )
    _create(
        "leases",
        ("platform",),
        [
            *_text("platform", "run"),
            _epoch(),
            sa.Column("suspended", sa.Boolean, nullable=False),
            _now("changed_at"),
        ],
    )


def _create_their_work() -> None:
    _create(
        "cells",
        ("run", "cell"),
        [*_text("run", "cell", "inputs", "outcome"), _now("finished_at")],
    )
    _create("steps", ("id",), [*_text("id", "run", "step", "key", "event"), _epoch(), _now("at")])
    _create(
        "effects",
        ("kind", "key"),
        [
            *_text("kind", "key", "platform", "run", "state"),
            *(_epoch(), _json("detail"), _now("changed_at")),
        ],
    )
    _create(
        "decisions",
        ("run", "gate"),
        [
            *_text("run", "gate"),
            _json("question"),
            sa.Column("answer", sa.JSON),
            _now("asked_at"),
            sa.Column("answered_at", sa.DateTime(timezone=True)),
        ],
    )


def downgrade() -> None:
    """Drop every table of the ledger."""
    for name in ("decisions", "effects", "steps", "cells", "leases", "runs"):
        op.drop_table(name, schema=SCHEMA)
