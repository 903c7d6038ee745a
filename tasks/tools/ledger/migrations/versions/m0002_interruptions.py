"""Add attempts, triggers, what happened to cells, plans and samples; measure finished cells."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "cmi"
MEASURED = ("seconds", "cpu_seconds", "parts", "programs")


def _text(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _now(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON, nullable=False)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _float(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Float, nullable=nullable)


def _create(name: str, key: tuple[str, ...], columns: list[sa.Column[Any]]) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key), schema=SCHEMA)


def upgrade() -> None:
    """Create what interruption, replanning and measuring write down."""
    for name in MEASURED[:2]:
        op.add_column("cells", _float(name, nullable=True), schema=SCHEMA)
    for name in MEASURED[2:]:
        op.add_column("cells", sa.Column(name, sa.JSON), schema=SCHEMA)
    _create(
        "attempts",
        ("run", "epoch"),
        [
            *_text("run"),
            *(_whole("epoch"), _float("seconds"), _float("cpu_seconds"), _whole("bytes")),
            *(_json("ground"), _now("began_at"), _now("seen_at")),
        ],
    )
    _create(
        "cell_events",
        ("id",),
        [
            *_text("id", "run", "cell", "event", "inputs"),
            *(_whole("epoch"), _float("seconds", nullable=True), _now("at")),
        ],
    )
    _create(
        "triggers",
        ("id",),
        [
            *_text("id", "run", "platform", "kind", "subject", "reason", "by", "source", "gate"),
            *(_json("detail"), _now("raised_at")),
        ],
    )
    _create(
        "plans",
        ("run", "name"),
        [*_text("run", "name", "digest"), _json("plan"), _whole("epoch"), _now("at")],
    )
    _create(
        "samples",
        ("run", "plan", "position"),
        [
            *_text("run", "plan"),
            *(_whole("position"), _json("value"), _whole("epoch"), _now("at")),
        ],
    )
    op.create_index("cell_events_by_run", "cell_events", ["run", "at"], schema=SCHEMA)
    # The same thing stops a run once; a person who decided is not asked again about it.
    op.create_index(
        "triggers_once", "triggers", ["run", "kind", "subject"], unique=True, schema=SCHEMA
    )


def downgrade() -> None:
    """Drop what this migration added."""
    for name in ("samples", "plans", "triggers", "cell_events", "attempts"):
        op.drop_table(name, schema=SCHEMA)
    for name in MEASURED:
        op.drop_column("cells", name, schema=SCHEMA)
