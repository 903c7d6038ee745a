"""Bring a ledger up to date; refuse one that a newer version wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.tables import SCHEMA

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Any number will do, as long as it is always the same: two starts at once wait for each other.
_ONE_AT_A_TIME = 0x636D_6901


class NewerLedgerError(PermanentToolError):
    """The database was written by a newer version than this one."""


def migrate(url: str) -> None:
    """Create or update the ledger's tables; nothing happens when they are up to date.

    Raises:
        NewerLedgerError: this version does not know the database's.
    """
    config = _config()

    def work(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        _refuse_newer(connection, config)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    Ledger(url).transact(work)


def refuse_newer(ledger: Ledger) -> None:
    """Look at a ledger's version before anything is written to it: it may be shared.

    Raises:
        NewerLedgerError: this version does not know the database's.
    """
    ledger.transact(lambda connection: _refuse_newer(connection, _config()))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _refuse_newer(connection: Connection, config: Config) -> None:
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
    if unknown := set(context.get_current_heads()) - known:
        what = f"The ledger was written by a newer version (migration {min(unknown)})."
        remedy = "Use that version, or set its state folder aside to begin with an empty one."
        raise NewerLedgerError(what, remedy)
