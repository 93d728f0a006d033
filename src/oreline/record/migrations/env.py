"""How Alembic runs: on the connection that the store hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from oreline.record._tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
