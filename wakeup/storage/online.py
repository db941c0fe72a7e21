"""What migrations do to tables that running nodes use, so that nobody waits long. SQLite has one writer: there it is
done plainly, and all in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

LOCK_WAIT = "1s"
"""Whoever comes after an ALTER that waits, waits behind it: a use case, which gives up after 5 s, outlives this."""
INDEX_WAIT = "60s"
"""Nobody waits behind an index that is built concurrently."""
_BROKEN = sa.text("SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid")


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Also where an earlier try has added it: for migrations with something of this module after it."""
    op.add_column(table, column, if_not_exists=None if _alone() else True)


def let_go() -> None:
    """Commit what the migration did so far. What follows may fail: all before it must bear being done again."""
    if not _alone():
        with op.get_context().autocommit_block():
            pass


def create_index(name: str, table: str, columns: Sequence[str], only: sa.TextClause | None = None) -> None:
    """An index on a table with rows in it, while others write to it. Commits, as `let_go` does.

    `only`: the condition of a partial one. What an interrupted build has left under this name is dropped first.
    """
    if _alone():
        op.create_index(name, table, columns, sqlite_where=only)
        return
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{INDEX_WAIT}'")
        try:
            if op.get_bind().scalar(_BROKEN, {"name": name}):
                op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
            op.create_index(
                name, table, columns, postgresql_where=only, postgresql_concurrently=True, if_not_exists=True
            )
        finally:
            op.execute(f"SET lock_timeout = '{LOCK_WAIT}'")


def widen_index(name: str, table: str, columns: Sequence[str], only: sa.TextClause | None = None) -> None:
    """Other columns for an index; the old one serves until the new one is there."""
    if _alone():
        op.drop_index(name, table)
        op.create_index(name, table, columns, sqlite_where=only)
        return
    create_index(f"{name}_new", table, columns, only)
    op.drop_index(name, table)
    op.execute(f"ALTER INDEX {name}_new RENAME TO {name}")


def _alone() -> bool:
    return op.get_context().dialect.name == "sqlite"
