"""The ledger's tables, in a schema of their own: the database may be shared with Prefect."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    MetaData,
    Table,
    Text,
    func,
)

SCHEMA = "cmi"
METADATA = MetaData(schema=SCHEMA)


def _now(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


RUNS = Table(
    "runs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("salt", Text, nullable=False),
    Column("source", Text, nullable=False),  # without credentials
    Column("entry", Text, nullable=False),
    Column("parameters", JSON, nullable=False),  # what a resumption is submitted with
    Column("flow_run", Text, nullable=False),  # Prefect's id; empty until it is submitted
    Column("state", Text, nullable=False),
    Column("outcome", JSON, nullable=False),
    _now("begun_at"),
    _now("changed_at"),
    Index("runs_by_platform", "platform", "begun_at"),
)

LEASES = Table(
    "leases",
    METADATA,
    Column("platform", Text, primary_key=True),
    Column("run", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),  # grows with every new holder
    Column("suspended", Boolean, nullable=False),  # owned by a run that waits without a process
    _now("changed_at"),
)

CELLS = Table(
    "cells",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("cell", Text, primary_key=True),
    Column("inputs", Text, nullable=False),  # digest over everything that went in
    Column("outcome", Text, nullable=False),  # key of the stored outcome
    _now("finished_at"),
)

# Append-only: which step's body began, and which step's result was committed.
STEPS = Table(
    "steps",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("run", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("event", Text, nullable=False),  # started, committed
    Column("epoch", BigInteger, nullable=False),
    _now("at"),
    Index("steps_by_run", "run", "at"),
)

EFFECTS = Table(
    "effects",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    _now("changed_at"),
    Index("effects_by_run", "run"),
)

DECISIONS = Table(
    "decisions",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("gate", Text, primary_key=True),
    Column("question", JSON, nullable=False),
    Column("answer", JSON),  # null while it waits
    _now("asked_at"),
    Column("answered_at", DateTime(timezone=True)),
)
