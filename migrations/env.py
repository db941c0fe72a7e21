"""Alembic's entry: migrations run on the connection they are given, and in its transaction; each in one of its own where
there is none."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("run `wakeup migrate`: migrations need a connection, which it opens")

# Without the tables as they are now: a migration must not depend on them, and reading them takes most of a second.
context.configure(
    connection=connection, render_as_batch=connection.dialect.name == "sqlite", transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
