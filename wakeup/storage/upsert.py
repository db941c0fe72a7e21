"""INSERT … ON CONFLICT, which each dialect brings itself. A node on SQLite does not load PostgreSQL's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table
from sqlalchemy.sql import Insert

Upsert = Any
"""What the INSERTs of both dialects offer: `on_conflict_do_nothing`, `on_conflict_do_update`, `excluded`."""


def upsert(table: Table, finish: Callable[[Upsert], Insert]) -> Callable[[str], Insert]:
    """Return a function that writes the statement once the dialect is known."""

    def write(dialect: str) -> Insert:
        if dialect == "postgresql":
            from sqlalchemy.dialects import postgresql  # noqa: PLC0415

            return finish(postgresql.insert(table))
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415

        return finish(sqlite.insert(table))

    return write
