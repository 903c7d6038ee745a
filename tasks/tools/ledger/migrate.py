"""Bring a ledger up to date; refuse one that a newer version wrote."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger.database import engine
from tasks.tools.ledger.tables import SCHEMA

# Any number will do, as long as it is always the same: two starts at once wait for each other.
_ONE_AT_A_TIME = 0x636D_6901


class NewerLedgerError(PermanentToolError):
    """The database was written by a newer version than this one."""


def migrate(url: str) -> None:
    """Create or update the ledger's tables; nothing happens when they are up to date.

    Raises:
        NewerLedgerError: this version does not know the database's.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine(url).begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        scripts = ScriptDirectory.from_config(config)
        known = {script.revision for script in scripts.walk_revisions()}
        context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
        if unknown := set(context.get_current_heads()) - known:
            what = f"The ledger was written by a newer version (migration {min(unknown)})."
            remedy = "Use that version, or set its state folder aside to begin with an empty one."
            raise NewerLedgerError(what, remedy)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
