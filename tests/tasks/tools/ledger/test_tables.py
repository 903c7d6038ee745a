"""What the database itself refuses, whoever writes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, Table, insert, select, text
from sqlalchemy.exc import IntegrityError

from tasks.tools.ledger.tables import (
    ATTEMPTS,
    CELL_EVENTS,
    CELLS,
    DECISIONS,
    EFFECTS,
    LEASES,
    METADATA,
    PLANS,
    RUNS,
    SAMPLES,
    SCHEMA,
    STEPS,
    TRIGGERS,
)

if TYPE_CHECKING:
    from tasks.tools.ledger.database import Ledger

TEXTS: dict[str, tuple[str, ...]] = {
    "runs": ("id", "platform", "batch", "salt", "source", "entry", "flow_run", "state"),
    "leases": ("platform", "run"),
    "cells": ("run", "cell", "inputs", "outcome"),
    "steps": ("id", "run", "step", "key", "event"),
    "effects": ("kind", "key", "platform", "run", "state"),
    "decisions": ("run", "gate"),
    "attempts": ("run",),
    "cell_events": ("id", "run", "cell", "event", "inputs"),
    "triggers": ("id", "run", "platform", "kind", "subject", "reason", "by", "source", "gate"),
    "plans": ("run", "name", "digest"),
    "samples": ("run", "plan"),
}
MORE: dict[str, dict[str, Any]] = {
    "runs": {"parameters": {}, "outcome": {}},
    "leases": {"epoch": 1, "suspended": False},
    "steps": {"epoch": 1},
    "effects": {"epoch": 1, "detail": {}},
    "decisions": {"question": {}},
    "attempts": {"epoch": 1, "seconds": 0.0, "cpu_seconds": 0.0, "bytes": 0, "ground": {}},
    "cell_events": {"epoch": 1},
    "triggers": {"detail": {}},
    "plans": {"plan": {}, "epoch": 1},
    "samples": {"position": 1, "value": {}, "epoch": 1},
}


def row(table: Table, **changed: Any) -> dict[str, Any]:
    texts = {name: uuid.uuid4().hex for name in TEXTS[table.name]}
    return texts | MORE.get(table.name, {}) | changed


def put(ledger: Ledger, table: Table, values: dict[str, Any]) -> None:
    ledger.transact(lambda connection: connection.execute(insert(table), values))


def test_every_table_lies_in_our_schema_beside_those_of_prefect(ledger: Ledger) -> None:
    tables = set(METADATA.tables.values())

    work = {RUNS, LEASES, ATTEMPTS, CELLS, CELL_EVENTS, STEPS, EFFECTS}
    assert tables == work | {TRIGGERS, DECISIONS, PLANS, SAMPLES}
    assert {table.schema for table in tables} == {SCHEMA}


@pytest.mark.parametrize(
    ("table", "same"),
    [
        pytest.param(RUNS, ("id",), id="a run"),
        pytest.param(LEASES, ("platform",), id="the lease of a platform"),
        pytest.param(CELLS, ("run", "cell"), id="the completion of a cell"),
        pytest.param(STEPS, ("id",), id="a line of the journal"),
        pytest.param(EFFECTS, ("kind", "key"), id="an effect"),
        pytest.param(DECISIONS, ("run", "gate"), id="a question"),
        pytest.param(ATTEMPTS, ("run", "epoch"), id="an attempt"),
        pytest.param(CELL_EVENTS, ("id",), id="something that happened to a cell"),
        pytest.param(TRIGGERS, ("run", "kind", "subject"), id="a reason to stop"),
        pytest.param(PLANS, ("run", "name"), id="the plan of a measurement"),
        pytest.param(SAMPLES, ("run", "plan", "position"), id="a sample"),
    ],
)
def test_there_is_never_a_second_one_of_it(
    ledger: Ledger, table: Table, same: tuple[str, ...]
) -> None:
    first = row(table)
    put(ledger, table, first)
    put(ledger, table, row(table))  # another one is welcome

    with pytest.raises(IntegrityError, match="unique"):
        put(ledger, table, row(table, **{name: first[name] for name in same}))


@pytest.mark.parametrize("table", METADATA.tables.values(), ids=lambda table: table.name)
def test_a_row_with_a_gap_is_refused(ledger: Ledger, table: Table) -> None:
    for name in TEXTS[table.name]:
        with pytest.raises(IntegrityError, match="null"):
            put(ledger, table, row(table, **{name: None}))


@pytest.mark.parametrize("table", METADATA.tables.values(), ids=lambda table: table.name)
def test_times_are_the_databases_and_know_their_zone(ledger: Ledger, table: Table) -> None:
    values = row(table)
    (key, *_) = TEXTS[table.name]
    column = next(each for each in table.c if each.server_default is not None)

    def work(connection: Connection) -> tuple[datetime, datetime]:
        connection.execute(insert(table), values)
        written = connection.execute(select(column).where(table.c[key] == values[key]))
        return written.scalar_one(), connection.execute(text("SELECT now()")).scalar_one()

    at, now = ledger.transact(work)

    assert at == now  # of the transaction, whatever the clock of this process says
    assert at.utcoffset() is not None
    assert abs(datetime.now(UTC) - at) < timedelta(days=1)


def test_a_question_waits_without_an_answer(ledger: Ledger) -> None:
    values = row(DECISIONS)
    put(ledger, DECISIONS, values)

    def waiting(connection: Connection) -> list[str]:
        open_ones = select(DECISIONS.c.gate).where(DECISIONS.c.answer.is_(None))
        return list(connection.execute(open_ones.where(DECISIONS.c.run == values["run"])).scalars())

    assert ledger.transact(waiting) == [values["gate"]]


def test_an_epoch_has_room_for_more_holders_than_there_will_be(ledger: Ledger) -> None:
    values = row(LEASES, epoch=2**40)
    put(ledger, LEASES, values)

    def read(connection: Connection) -> int:
        held = select(LEASES.c.epoch).where(LEASES.c.platform == values["platform"])
        return int(connection.execute(held).scalar_one())

    assert ledger.transact(read) == 2**40
