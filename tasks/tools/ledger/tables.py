"""The ledger's tables, in a schema of their own: the database may be shared with Prefect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    MetaData,
    Table,
    Text,
    func,
)

if TYPE_CHECKING:
    from datetime import datetime

SCHEMA = "cmi"
METADATA = MetaData(schema=SCHEMA)


def _now(name: str) -> Column[datetime]:
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
    Column("seconds", Float),  # null: a release that did not measure wrote it
    Column("cpu_seconds", Float),  # of the cell's own thread
    Column("parts", JSON),  # digest of each thing that went in: why it would run again
    Column("programs", JSON),  # those that its steps may start, by their SHA-256
    _now("finished_at"),
)

# Append-only: every time that a cell was entered, passed by, finished, failed or stopped.
CELL_EVENTS = Table(
    "cell_events",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("run", Text, nullable=False),
    Column("cell", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seconds", Float),
    _now("at"),
    Index("cell_events_by_run", "run", "at"),
)

# One row for every time that a process owned the run's platform; `seen_at` is its last sign of
# life, so a killed one has its costs up to then.
ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seconds", Float, nullable=False),
    Column("cpu_seconds", Float, nullable=False),
    Column("bytes", BigInteger, nullable=False),  # by which our state grew meanwhile
    Column("ground", JSON, nullable=False),  # code, control maps and programs it stood on
    _now("began_at"),
    _now("seen_at"),
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

TRIGGERS = Table(
    "triggers",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("run", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),  # what it is about; the same stops a run once
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),  # a person, or `cmi` for a signal
    Column("source", Text, nullable=False),  # signal, command, event or deployment
    Column("detail", JSON, nullable=False),
    Column("gate", Text, nullable=False),  # empty until somebody was asked about it
    _now("raised_at"),
    Index("triggers_once", "run", "kind", "subject", unique=True),
)

# What is to be measured, written before the first sample, and the samples in their order.
PLANS = Table(
    "plans",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    _now("at"),
)

SAMPLES = Table(
    "samples",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("plan", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    _now("at"),
)
