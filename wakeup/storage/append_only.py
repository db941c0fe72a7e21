"""SQL for migrations: triggers that refuse UPDATE and DELETE on append-only tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME = re.compile(r"[a-z][a-z0-9_]{0,48}")


def append_only_triggers(dialect: str, table: str, columns: Sequence[str] = ()) -> list[str]:
    """Return the statements that make a table append-only. `dialect` is SQLAlchemy's name: sqlite or postgresql.

    With `columns`, only those columns refuse an update; the others may be filled in later.
    """
    if not all(_NAME.fullmatch(name) for name in (table, *columns)):
        raise ValueError("not a table name, or not a column name")
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    match dialect:
        case "sqlite":
            return [_sqlite(table, act) for act in (update, "DELETE")]
        case "postgresql":
            return [*_postgres(table, update)]
        case _:
            raise ValueError("unknown database")


def drop_append_only_triggers(dialect: str, table: str) -> list[str]:
    """Return the statements that remove the triggers again, for a downgrade."""
    if not _NAME.fullmatch(table):
        raise ValueError("not a table name")
    if dialect == "sqlite":
        return [f"DROP TRIGGER {table}_no_{act}" for act in ("update", "delete")]
    return [
        f"DROP TRIGGER {table}_append_only ON {table}",
        f"DROP TRIGGER {table}_no_truncate ON {table}",
        f"DROP FUNCTION {table}_refuse()",
    ]


def _sqlite(table: str, act: str) -> str:
    # INSERT OR REPLACE fires the DELETE trigger only with recursive_triggers on; the engine switches that on.
    return (
        f"CREATE TRIGGER {table}_no_{act.split(maxsplit=1)[0].lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _postgres(table: str, update: str) -> tuple[str, str, str]:
    refuse = (
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table} is append-only' "
        f"USING ERRCODE = 'restrict_violation', CONSTRAINT = '{table}_append_only'; END $$"
    )
    rows = f"BEFORE {update} OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    whole = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    return (
        refuse,
        f"CREATE TRIGGER {table}_append_only {rows}",
        f"CREATE TRIGGER {table}_no_truncate {whole}",
    )
