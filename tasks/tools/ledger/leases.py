"""Platform leases: one run at a time owns a platform.

A row says who owns it; an advisory lock, held by a connection of the owner's process,
proves that the owner lives: PostgreSQL frees the lock when the process dies, however
it dies. The epoch in the row grows with every holder, so that one who lost the lock
without noticing (the database was restarted) is refused by `Ledger.write`.
"""

from __future__ import annotations

import hashlib
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from tasks.domain.exits import Exit
from tasks.tools.errors import PermanentToolError, TemporaryToolError
from tasks.tools.ledger.tables import LEASES

if TYPE_CHECKING:
    from datetime import datetime

    from tasks.tools.ledger.database import Ledger

# How often a holder makes sure of its lock, and takes it again after the database was away.
LOOK_EVERY = timedelta(seconds=2)
_PAUSE_SECONDS = 0.2
# PostgreSQL notices within milliseconds that a killed process is gone.
_DYING = timedelta(seconds=1)


class HeldError(PermanentToolError):
    """Another run owns the platform. ``run`` is its id."""

    exit = Exit.HELD

    def __init__(self, what: str, remedy: str, run: str) -> None:
        super().__init__(what, remedy)
        self.args = (what, remedy, run)
        self.run = run


@dataclass(frozen=True, slots=True)
class Holder:
    """Who owns a platform, and since when. ``alive`` when its lock is held."""

    run: str
    epoch: int
    suspended: bool
    alive: bool
    since: datetime | None = None


def lock_key(platform: str) -> int:
    """Turn a platform's identity into the signed 64-bit number of its advisory lock."""
    whole = hashlib.sha256(f"cmi platform {platform}".encode()).digest()
    return int.from_bytes(whole[:8], signed=True)


def holder(ledger: Ledger, platform: str) -> Holder | None:
    """Say who owns ``platform``, without touching the lock."""

    def look(connection: Connection) -> Holder | None:
        row = connection.execute(
            select(
                LEASES.c.run, LEASES.c.epoch, LEASES.c.suspended, LEASES.c.changed_at.label("since")
            ).where(LEASES.c.platform == platform)
        ).one_or_none()
        alive = row is not None and _locked(connection, platform)
        return None if row is None else Holder(**row._mapping, alive=alive)  # noqa: SLF001  # public, by SQLAlchemy's word

    return ledger.transact(look)


def known(ledger: Ledger, start: str) -> tuple[str, ...]:
    """List the platforms that anybody ever owned and whose identity begins with ``start``."""
    wanted = select(LEASES.c.platform).where(LEASES.c.platform.startswith(start, autoescape=True))
    return tuple(ledger.transact(lambda connection: connection.execute(wanted).scalars().all()))


def _locked(connection: Connection, platform: str) -> bool:
    unsigned = lock_key(platform) % 2**64
    question = text(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND objsubid = 1 AND classid::bigint = :high AND objid::bigint = :low"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    halves = {"high": unsigned >> 32, "low": unsigned & 0xFFFF_FFFF}
    return bool(connection.execute(question, halves).scalar_one())


class Lease:
    """Ownership of a platform for as long as this object's connection lives."""

    def __init__(self, ledger: Ledger, platform: str, run: str) -> None:
        self.platform = platform
        self.run = run
        self.epoch = 0
        self.lost = False
        self._ledger = ledger
        # A connection of its own, never from the pool: the lock lives and dies with it.
        self._lone = ledger.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None
        self._released = threading.Event()
        self._watch = threading.Thread(target=self._keep, name=f"lease {platform}", daemon=True)

    @classmethod
    def take(cls, ledger: Ledger, platform: str, run: str, wait: timedelta = timedelta(0)) -> Lease:
        """Own ``platform`` on behalf of ``run``.

        ``wait`` is how long the run's own former process may take to die: an attempt
        that follows a lost one at once must not fail because of it.

        Raises:
            HeldError: another run owns it, with a process or waiting for a decision.
        """
        lease = cls(ledger, platform, run)
        begun = time.monotonic()
        while not lease._lock():
            owner = holder(ledger, platform)
            patience = wait if owner is None or owner.run == run else _DYING
            if time.monotonic() > begun + max(patience, _DYING).total_seconds():
                lease._unlock()
                raise _held(owner.run if owner else "that is just beginning")
            time.sleep(_PAUSE_SECONDS)
        owner = holder(ledger, platform)
        if owner is not None and owner.suspended and owner.run != run:
            lease._unlock()
            raise _held(owner.run)
        lease.epoch = ledger.transact(lease._enter)
        lease._watch.start()
        return lease

    def release(self, *, suspend: bool = False) -> None:
        """Give the platform back; with ``suspend`` keep owning it without a process."""
        self._released.set()
        self._watch.join()

        def leave(connection: Connection) -> None:
            connection.execute(
                update(LEASES)
                .where(LEASES.c.platform == self.platform, LEASES.c.epoch == self.epoch)
                .values(suspended=suspend, changed_at=func.now())
            )

        self._ledger.transact(leave)
        self._unlock()

    def _enter(self, connection: Connection) -> int:
        row = insert(LEASES).values(platform=self.platform, run=self.run, epoch=1, suspended=False)
        row = row.on_conflict_do_update(
            index_elements=[LEASES.c.platform],
            set_={
                "run": self.run,
                "epoch": LEASES.c.epoch + 1,
                "suspended": False,
                "changed_at": func.now(),
            },
        )
        return int(connection.execute(row.returning(LEASES.c.epoch)).scalar_one())

    def _lock(self) -> bool:
        if self._connection is None:
            # What the pool kept over a restart of the database is found out before it is ours.
            self._ledger.transact(lambda connection: connection.execute(text("SELECT 1")))
            self._connection = self._lone.connect()
            self._connection.detach()  # out of the pool: nobody else may get our lock
        taken = self._connection.execute(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": lock_key(self.platform)}
        )
        return bool(taken.scalar_one())

    def _unlock(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):  # already gone: that is what we want
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
            with suppress(SQLAlchemyError):
                connection.close()

    def _keep(self) -> None:
        """Look after the lock; after an outage take it again, unless somebody else owns it."""
        while not self._released.wait(LOOK_EVERY.total_seconds()):
            try:
                if self._connection is not None:
                    self._connection.execute(text("SELECT 1"))
                    continue
                owner = holder(self._ledger, self.platform)
                if owner is None or (owner.run, owner.epoch) != (self.run, self.epoch):
                    self.lost = True
                    return
                if not self._lock():
                    self._unlock()
            except (SQLAlchemyError, TemporaryToolError):
                self._unlock()


def _held(run: str) -> HeldError:
    what = f"Run {run} holds this platform."
    return HeldError(what, "Wait until it has ended, or follow it with `cmi resume`.", run)
