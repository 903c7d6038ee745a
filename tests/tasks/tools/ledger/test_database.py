import contextlib
import signal
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from tasks.tools.ledger import runs
from tasks.tools.ledger.database import (
    URL_VARIABLE,
    Ledger,
    LedgerMissingError,
    LedgerUnreachableError,
    ledger_url,
)
from tasks.tools.ledger.runs import RunRecord
from tasks.tools.postgres import RefusedError


def test_without_a_ledger_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(URL_VARIABLE, raising=False)

    with pytest.raises(LedgerMissingError, match=r"start-project\.sh"):
        ledger_url()


def test_a_database_that_stays_away_is_a_temporary_error() -> None:
    away = Ledger("postgresql://postgres@/ledger?host=/nonexistent", timedelta(seconds=0))

    with pytest.raises(LedgerUnreachableError, match="does not answer"):
        away.transact(lambda connection: None)


def test_work_interrupted_by_a_lost_connection_is_done_again(ledger: Ledger) -> None:
    attempts = []

    def work(connection: Connection) -> int:
        attempts.append(connection)
        if len(attempts) == 1:
            raise OperationalError("SELECT 1", {}, OSError("the server went away"))
        return 7

    assert ledger.transact(work) == 7
    assert len(attempts) == 2


def test_a_database_that_takes_no_writes_is_named_at_once_and_nothing_is_lost(
    ledger_url: str,
) -> None:
    run = uuid.uuid4().hex
    record = RunRecord(run, run, "night", "", "/shop", "entry")
    # A standby answers a write with the very same code.
    mark = "&" if "?" in ledger_url else "?"
    standby = Ledger(f"{ledger_url}{mark}options=-cdefault_transaction_read_only%3Don")

    with pytest.raises(RefusedError, match="standby") as refused:
        runs.begin(standby, record)

    assert "primary" in str(refused.value)
    assert runs.find(standby, run) is None
    assert runs.begin(Ledger(ledger_url), record).id == run


def test_what_one_does_the_others_wait_for_and_who_dies_lets_the_next_one_in(
    ledger_url: str,
) -> None:
    inside: list[int] = []
    most = []

    def one(number: int) -> None:
        with contextlib.suppress(ZeroDivisionError), Ledger(ledger_url).one_at_a_time("a thing"):
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.02)
            inside.remove(number)
            if number % 2:
                raise ZeroDivisionError

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))

    assert most == [1] * 8


def test_a_quick_statement_that_fails_is_a_no_and_the_next_one_is_done(ledger: Ledger) -> None:
    asked = [
        ledger.quickly(statement, values)
        for statement, values in (
            ("SELECT $1", ("something",)),
            ("SELECT 1 WHERE $1 = 'nobody'", ("somebody",)),
            ("SELECT $1::int", ("no number",)),
            ("SELECT nonsense FROM nowhere", ()),
            ("SELECT $1", ("something",)),
        )
    ]

    assert asked == [True, False, False, False, True]


def test_who_is_asked_to_stop_while_a_quick_statement_waits_hears_of_it_at_once(
    ledger: Ledger,
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGALRM, stop)
    begun = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(KeyboardInterrupt):
            ledger.quickly("SELECT pg_sleep($1::int)", ("60",))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)

    assert time.monotonic() - begun < 20
    assert ledger.quickly("SELECT $1", ("something",))
