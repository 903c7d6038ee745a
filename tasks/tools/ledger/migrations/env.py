"""Alembic's entry: bring the database of the connection that ``migrate`` hands over up to date."""

from __future__ import annotations

from alembic import context

from tasks.tools.ledger.tables import METADATA, SCHEMA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table_schema=SCHEMA,
    include_schemas=True,
)
with context.begin_transaction():
    context.run_migrations()
