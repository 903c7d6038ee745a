"""The connection to the ledger's database: where it is, waiting for it, writing under a lease."""

from __future__ import annotations

import hashlib
import os
import time
from collections import deque
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import psycopg
from psycopg.generators import execute
from psycopg.pq import ExecStatus
from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from tasks.domain.exits import Exit
from tasks.tools.errors import PermanentToolError, TemporaryToolError
from tasks.tools.ledger.tables import LEASES
from tasks.tools.postgres import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from psycopg.pq.abc import PGresult

    from tasks.domain.runs import Run

T = TypeVar("T")

URL_VARIABLE = "CMI_LEDGER_URL"
# A killed database is back some seconds after `start`; a step may wait that long.
PATIENCE = timedelta(seconds=60)
_PAUSE_SECONDS = 0.5
_CONNECT_SECONDS = 5


class LedgerMissingError(PermanentToolError):
    """Nobody said where the ledger is."""


class LedgerUnreachableError(TemporaryToolError):
    """The ledger's database did not answer within our patience."""


class StaleLeaseError(PermanentToolError):
    """Another process took over the platform: whatever we meant to write is refused."""

    exit = Exit.HELD


_told: list[str] = []


def told() -> str:
    """Return where the ledger is, as far as anybody said; empty when nobody did."""
    return os.environ.get(URL_VARIABLE, "") or next(iter(_told), "")


def tell(url: str) -> None:
    """Say where the ledger is, to this process alone: programs that it starts are not told."""
    _told[:] = [url] if url else []


def ledger_url() -> str:
    """Read where the ledger is; the stack sets it for every process that it starts.

    Raises:
        LedgerMissingError: nobody said it.
    """
    if url := told():
        return url
    what = f"{URL_VARIABLE} is not set, so there is no ledger to write to."
    remedy = 'Start the stack with ./start-project.sh, then eval "$(./start-project.sh env)".'
    raise LedgerMissingError(what, remedy)


@lru_cache(maxsize=8)
def engine(url: str) -> Engine:
    """Open one pool of connections a database; the driver is always psycopg."""
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=10,
        max_overflow=20,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )


@lru_cache(maxsize=8)
def _quick(url: str) -> deque[_Line]:
    """Keep the lines that carry one statement at a time; as many as threads did so at once."""
    return deque()


class _Line:
    """A connection that prepares each statement once, and tells of it only whether it gave a row.

    What a cursor adds to that (it looks at the statement, picks the values' types, keeps the
    answer) takes longer than the way to the database and back.
    """

    def __init__(self, url: str) -> None:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True, connect_timeout=_CONNECT_SECONDS)
        self._prepared: dict[str, bytes] = {}

    def ask(self, statement: str, values: Sequence[str]) -> bool:
        """Do one statement, whose values are $1, $2 and so on.

        Raises:
            psycopg.Error: the database went away, or did not do it.
        """
        wire = self._connection.pgconn
        if statement not in self._prepared:
            name = b"s%d" % len(self._prepared)
            wire.send_prepare(name, statement.encode())
            self._answer(ExecStatus.COMMAND_OK)
            self._prepared[statement] = name
        wire.send_query_prepared(self._prepared[statement], [value.encode() for value in values])
        return self._answer(ExecStatus.TUPLES_OK).ntuples > 0

    def _answer(self, wanted: ExecStatus) -> PGresult:
        """Wait for the answer; who is interrupted meanwhile hears of it at once."""
        answers: list[PGresult] = self._connection.wait(execute(self._connection.pgconn))
        answer = answers[-1]
        if answer.status != wanted:
            raise psycopg.DatabaseError(answer.error_message.decode(errors="replace"))
        return answer


class Ledger:
    """Transactions on the ledger. ``patience`` is how long a stopped database is waited for."""

    def __init__(self, url: str, patience: timedelta = PATIENCE) -> None:
        self._url = url
        self.engine = engine(url)
        self._patience = patience.total_seconds()

    @classmethod
    def here(cls) -> Ledger:
        """Open the ledger of this process's stack."""
        return cls(ledger_url())

    def impatient(self) -> Ledger:
        """Return the same ledger for somebody who has better things to do than wait for it."""
        return type(self)(self._url, timedelta(0))

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in one transaction, again when the database went away meanwhile.

        ``work`` must be harmless to repeat: the answer to a commit may be what got lost.

        Raises:
            LedgerUnreachableError: the database did not come back in time.
            RefusedError: it does not let us in, or takes no writes.
        """
        deadline = time.monotonic() + self._patience
        stale = True  # the pool may have kept a connection over a restart of the database
        while True:
            try:
                with self.engine.begin() as connection:
                    return work(connection)
            except DBAPIError as error:
                if refused := refusal(error.orig or error):
                    raise refused from error
                if not isinstance(error, OperationalError | InterfaceError):
                    raise
                if stale and error.connection_invalidated:
                    stale = False  # it knows by now, and has dropped them all
                    continue
                if time.monotonic() > deadline:
                    raise _silent() from error
                time.sleep(_PAUSE_SECONDS)

    @contextmanager
    def one_at_a_time(self, what: str) -> Iterator[None]:
        """Let nobody else do ``what`` meanwhile, on whichever machine; who comes second waits.

        Held by a connection of its own: who dies lets the next one in.

        Raises:
            LedgerUnreachableError: the database went away before it was our turn.
        """
        whole = hashlib.sha256(f"cmi {what}".encode()).digest()
        key = {"key": int.from_bytes(whole[:8], signed=True)}
        lock = text("SELECT pg_advisory_xact_lock(:key)")
        self.transact(lambda connection: connection.execute(text("SELECT 1")))
        with self.engine.connect() as connection:
            try:
                connection.execute(lock, key)
            except DBAPIError as error:
                raise _silent() from error
            yield

    def quickly(self, statement: str, values: Sequence[str]) -> bool:
        """Do one statement that commits by itself; tell whether it gave a row.

        For what is done very often: no look at the connection before, no transaction to open and
        close, connections of its own. Whatever goes wrong is a no; the caller then asks `transact`
        or `write`, which say what it was. So the statement must be harmless to repeat.
        """
        idle = _quick(self._url)
        try:
            try:
                line = idle.pop()
            except IndexError:
                line = _Line(self._url)
            done = line.ask(statement, values)
        except psycopg.Error:
            idle.clear()  # what one has met, the others will; they close themselves
            return False
        idle.append(line)
        return done

    def write(self, run: Run, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in one transaction, only while ``run`` owns its platform.

        The lease's row is locked for the length of the transaction, so that nobody can
        take over between the check and the write.

        Raises:
            StaleLeaseError: another process owns the platform by now.
            LedgerUnreachableError: the database did not come back in time.
        """

        def fenced(connection: Connection) -> T:
            held = select(LEASES.c.epoch).where(
                LEASES.c.platform == run.platform, LEASES.c.run == run.id
            )
            epoch = connection.execute(held.with_for_update(read=True)).scalar_one_or_none()
            if epoch != run.epoch:
                what = f"Run {run.id} no longer owns platform {run.platform}."
                raise StaleLeaseError(what, "Nothing to do: the run that took over goes on.")
            return work(connection)

        return self.transact(fenced)


def _silent() -> LedgerUnreachableError:
    what = "The ledger's database does not answer."
    remedy = "Start it again with ./start-project.sh; the run can be resumed."
    return LedgerUnreachableError(what, remedy)
