"""Brings a database to a revision, with Alembic: on SQLite in one transaction, on PostgreSQL in one per migration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from wakeup.storage.engine import connected, file_of
from wakeup.storage.migrate_pg import Wait, in_steps, no_wait

Folder = Callable[[], Path]
"""Returns the folder of the migrations: next to the code in a checkout, inside the package when installed."""


def upgrade(database_url: str, folder: Folder, revision: str = "head", wait: Wait = no_wait) -> None:
    """Apply the missing migrations up to `revision`. Creates a SQLite file's folder.

    On SQLite all are applied or none. On PostgreSQL, where nodes may be running, applied migrations stay applied,
    and HeldUpError names the transactions that were in the way.
    """
    _make_folder(database_url)
    _run(database_url, lambda connection: command.upgrade(_config(connection, folder()), revision), wait)


def downgrade(database_url: str, folder: Folder, revision: str) -> None:
    """Take back everything after `revision`; "base" takes back everything. No node may be running."""
    _run(database_url, lambda connection: command.downgrade(_config(connection, folder()), revision), no_wait)


def _make_folder(database_url: str) -> None:
    """Create the folder of a SQLite file. The default settings need it too: a fresh checkout has none."""
    file = file_of(database_url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)


def _run(database_url: str, act: Callable[[Connection], None], wait: Wait) -> None:
    with connected(database_url) as connection:
        if connection.dialect.name == "sqlite":
            _on_sqlite(connection, act)
        else:
            in_steps(connection, act, wait)


def _on_sqlite(connection: Connection, act: Callable[[Connection], None]) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        act(connection)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _config(connection: Connection, folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
