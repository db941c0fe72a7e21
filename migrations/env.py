"""Alembic's entry: migrations run on the connection and in the transaction they are given."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import wakeup.storage.tables  # noqa: F401 - fills the metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("run `wakeup migrate`: migrations need a connection, which it opens")

context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
