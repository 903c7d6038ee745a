"""The connection to the ledger's database: where it is, waiting for it, writing under a lease."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import psycopg
from sqlalchemy import Connection, Engine, create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from tasks.tools.errors import PermanentToolError, TemporaryToolError
from tasks.tools.ledger.tables import LEASES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tasks.domain.runs import Run

T = TypeVar("T")

URL_VARIABLE = "CMI_LEDGER_URL"
# A killed database is back some seconds after `start`; a step may wait that long.
PATIENCE = timedelta(seconds=60)
_PAUSE_SECONDS = 0.5
_CONNECT_SECONDS = 5
_READ_ONLY = "25006"  # what PostgreSQL calls a write on a standby


class LedgerMissingError(PermanentToolError):
    """Nobody said where the ledger is."""


class LedgerUnreachableError(TemporaryToolError):
    """The ledger's database did not answer within our patience."""


class LedgerReadOnlyError(PermanentToolError):
    """The database lets nobody write: it is a standby, or was made read-only."""


class StaleLeaseError(PermanentToolError):
    """Another process took over the platform: whatever we meant to write is refused."""


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
            LedgerReadOnlyError: it takes no writes.
        """
        deadline = time.monotonic() + self._patience
        stale = True  # the pool may have kept a connection over a restart of the database
        while True:
            try:
                with self.engine.begin() as connection:
                    return work(connection)
            except (OperationalError, InterfaceError) as error:
                if stale and error.connection_invalidated:
                    stale = False  # it knows by now, and has dropped them all
                    continue
                if time.monotonic() > deadline:
                    what = "The ledger's database does not answer."
                    remedy = "Start it again with ./start-project.sh; the run can be resumed."
                    raise LedgerUnreachableError(what, remedy) from error
                time.sleep(_PAUSE_SECONDS)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", "") == _READ_ONLY:
                    what = "The ledger's database takes no writes: it is a standby, or read-only."
                    remedy = "Point CMI_DATABASE_URL at the primary server; nothing was written."
                    raise LedgerReadOnlyError(what, remedy) from error
                raise

    def quickly(self, statement: str, values: Mapping[str, Any]) -> bool:
        """Do one statement that commits by itself; tell whether it gave a row.

        For what is done very often: no look at the connection before, no transaction to open and
        close. Whatever goes wrong is a no; the caller then asks `transact` or `write`, which say
        what it was. So the statement must be harmless to repeat.
        """
        try:
            pooled = self.engine.raw_connection()
        except (psycopg.Error, SQLAlchemyError):
            return False
        connection = cast("psycopg.Connection[Any]", pooled.driver_connection)
        try:
            connection.autocommit = True
            found = connection.execute(statement, values).fetchone() is not None
            connection.autocommit = False
        except psycopg.Error as error:
            pooled.invalidate(error)
            return False
        pooled.close()
        return found

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
