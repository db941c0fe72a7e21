"""Brings a database to a revision, with Alembic, in one transaction. Knows no table and no folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from wakeup.storage.engine import make_engine

Folder = Callable[[], Path]
"""Finds the migrations: beside the code in a checkout, inside the package when installed."""
LOCK = 7_246_110_427
"""Whoever migrates holds this advisory lock, so that nodes starting together take turns."""


def upgrade(database_url: str, folder: Folder, revision: str = "head") -> None:
    """Apply what is missing up to `revision`. All of it or nothing."""
    _run(
        database_url,
        lambda connection: command.upgrade(_config(connection, folder()), revision),
    )


def downgrade(database_url: str, folder: Folder, revision: str) -> None:
    """Take back everything after `revision`; "base" takes back all."""
    _run(
        database_url,
        lambda connection: command.downgrade(_config(connection, folder()), revision),
    )


def _run(database_url: str, act: Callable[[Connection], None]) -> None:
    engine = make_engine(database_url)
    try:
        with engine.connect() as connection:
            migrate = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgres
            migrate(connection, act)
    finally:
        engine.dispose()


def _on_sqlite(connection: Connection, act: Callable[[Connection], None]) -> None:
    # Altering a table means copying it, and dropping the old one must not touch its children.
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        act(connection)
        _check_parents(connection)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _check_parents(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        raise RuntimeError(f"the migration left {len(orphans)} rows without their parent")


def _on_postgres(connection: Connection, act: Callable[[Connection], None]) -> None:
    with connection.begin():
        # Copying a large table takes longer than any use case may.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        act(connection)


def _config(connection: Connection, folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
