"""Bring a ledger up to date; refuse one that a newer version wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.tables import SCHEMA

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Any number will do, as long as it is always the same: two starts at once wait for each other.
_ONE_AT_A_TIME = 0x636D_6901
_MIGRATIONS = Path(__file__).parent / "migrations"  # files are named by their number: m0001_...
_TABLE = "alembic_version"


class NewerLedgerError(PermanentToolError):
    """The database was written by a newer version than this one."""


def migrate(url: str) -> None:
    """Create or update the ledger's tables; nothing happens when they are up to date.

    Raises:
        NewerLedgerError: this version does not know the database's.
    """
    from alembic import command  # noqa: PLC0415  # a large library, which no run has to load
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))

    def work(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        _refuse_newer(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    Ledger(url).transact(work)


def refuse_newer(ledger: Ledger) -> None:
    """Look at a ledger's version before anything is written to it: it may be shared.

    Raises:
        NewerLedgerError: this version does not know the database's.
    """
    ledger.transact(_refuse_newer)


def _refuse_newer(connection: Connection) -> None:
    known = {path.stem[1:5] for path in (_MIGRATIONS / "versions").glob("m*.py")}
    if unknown := _versions(connection) - known:
        what = f"The ledger was written by a newer version (migration {min(unknown)})."
        remedy = "Use that version, or set its state folder aside to begin with an empty one."
        raise NewerLedgerError(what, remedy)


def _versions(connection: Connection) -> set[str]:
    """Read which migrations a database is at: Alembic's table, without loading Alembic."""
    if not inspect(connection).has_table(_TABLE, schema=SCHEMA):
        return set()
    return set(connection.execute(text(f"SELECT version_num FROM {SCHEMA}.{_TABLE}")).scalars())  # noqa: S608  # our own constants
