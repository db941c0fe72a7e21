"""Alembic's entry point. Migrations run on the connection they are given.

They run in that connection's transaction if it has begun one, otherwise each in a transaction of its own.
"""

from __future__ import annotations

from alembic import context

from wakeup.storage.revision import REVISIONS

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("run `wakeup migrate`: migrations need a connection, which it opens")

# The current tables are not loaded: a migration must not depend on them, and importing them takes most of a
# second.
context.configure(
    connection=connection,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
    version_table=REVISIONS,
)
with context.begin_transaction():
    context.run_migrations()
