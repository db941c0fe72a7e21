"""Schema changes for migrations on tables that running nodes use, without making them wait long.

SQLite has only one writer, so there the changes are made the plain way, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

LOCK_WAIT = "1s"
"""Lock timeout of a migration. Statements that come after a waiting ALTER queue behind it; a use case gives up
only after 5 s, so it survives this wait."""
INDEX_WAIT = "60s"
"""Lock timeout while an index is built concurrently. Other statements do not queue behind that."""
_BROKEN = sa.text("SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid")


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add a column, or do nothing if an earlier try has added it. For migrations that call this module afterwards."""
    op.add_column(table, column, if_not_exists=None if _alone() else True)


def let_go() -> None:
    """Commit what the migration has done so far. Later steps may fail, so everything before must be repeatable."""
    if not _alone():
        with op.get_context().autocommit_block():
            pass


def create_index(name: str, table: str, columns: Sequence[str], only: sa.TextClause | None = None) -> None:
    """Create an index on a table with rows while others write to it. Commits, as `let_go` does.

    `only` is the condition of a partial index. The invalid index that an interrupted build has left is dropped
    first.
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


def _alone() -> bool:
    return op.get_context().dialect.name == "sqlite"
