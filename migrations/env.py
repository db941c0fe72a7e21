"""Alembic's entry: migrations run on the connection and in the transaction they are given."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("run `wakeup migrate`: migrations need a connection, which it opens")

# Without the tables as they are now: a migration must not depend on them, and reading them takes most of a second.
context.configure(connection=connection, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
