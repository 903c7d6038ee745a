from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from tasks.tools.ledger import migrations
from tasks.tools.ledger.database import Ledger, engine
from tasks.tools.ledger.migrate import NewerLedgerError, migrate, refuse_newer
from tasks.tools.ledger.tables import METADATA, SCHEMA


def test_migrating_twice_changes_nothing(ledger_url: str) -> None:
    before = inspect(engine(ledger_url)).get_table_names(schema=SCHEMA)

    migrate(ledger_url)

    assert inspect(engine(ledger_url)).get_table_names(schema=SCHEMA) == before
    assert {"runs", "leases", "cells", "steps", "effects", "decisions"} <= set(before)


def test_the_migrations_build_exactly_the_tables_that_the_code_knows(ledger_url: str) -> None:
    with engine(ledger_url).connect() as connection:
        options = {
            "version_table_schema": SCHEMA,
            "include_schemas": True,
            "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
        }
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, METADATA) == []


def test_migrations_are_named_by_their_number() -> None:
    config = Config()
    config.set_main_option("script_location", *migrations.__path__)
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())

    assert scripts
    assert all(Path(each.path).name[:6] == f"m{each.revision}_" for each in scripts)


def test_a_database_that_was_never_migrated_is_not_newer(ledger_url: str) -> None:
    with engine(ledger_url).begin() as connection:
        connection.execute(text(f"ALTER TABLE {SCHEMA}.alembic_version RENAME TO set_aside"))
    before = inspect(engine(ledger_url)).get_table_names(schema=SCHEMA)
    try:
        refuse_newer(Ledger(ledger_url))

        assert "alembic_version" not in before
        assert inspect(engine(ledger_url)).get_table_names(schema=SCHEMA) == before
    finally:
        with engine(ledger_url).begin() as connection:
            connection.execute(text(f"ALTER TABLE {SCHEMA}.set_aside RENAME TO alembic_version"))


def test_a_ledger_of_this_version_is_not_refused(ledger_url: str) -> None:
    before = inspect(engine(ledger_url)).get_table_names(schema=SCHEMA)

    refuse_newer(Ledger(ledger_url))

    assert inspect(engine(ledger_url)).get_table_names(schema=SCHEMA) == before


def test_a_ledger_of_a_newer_version_is_refused_and_left_alone(ledger_url: str) -> None:
    version = f"{SCHEMA}.alembic_version"
    with engine(ledger_url).begin() as connection:
        known = connection.execute(text(f"SELECT version_num FROM {version}")).scalar_one()  # noqa: S608  # our own constant
        connection.execute(text(f"UPDATE {version} SET version_num = '9999'"))  # noqa: S608  # our own constant
    try:
        with pytest.raises(NewerLedgerError, match="newer version"):
            migrate(ledger_url)
        with pytest.raises(NewerLedgerError, match="newer version"):
            refuse_newer(Ledger(ledger_url))
    finally:
        with engine(ledger_url).begin() as connection:
            connection.execute(
                text(f"UPDATE {version} SET version_num = :known"),  # noqa: S608  # our own constant
                {"known": known},
            )
