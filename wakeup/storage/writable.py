"""Whether a database accepts writes, for an operator who looks for the cause of an outage."""

from __future__ import annotations

import os
from errno import EACCES, EISDIR, ENOTDIR
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from wakeup.storage.address import shown_address
from wakeup.storage.engine import connected, file_of


def why_not_writable(database_url: str) -> str | None:
    """Return why the database accepts no writes, or None. Changes nothing. A missing file is a reason only where
    migrating could not create it."""
    file = file_of(database_url)
    if file is not None and not file.exists():
        why = why_no_file(file)
        return None if why is None else f"WAKEUP_DATABASE_URL {shown_address(database_url)}: cannot be created: {why}"
    try:
        with connected(database_url) as connection:
            why = _try(connection)
    except DatabaseError as error:
        why = (str(error.orig).splitlines() or [""])[0]
    return None if why is None else f"WAKEUP_DATABASE_URL {shown_address(database_url)}: accepts no writes ({why})"


def why_no_file(file: Path) -> str | None:
    """Return why this file could not be written, or be made with the folders it lacks; None if it could. Makes
    nothing."""
    place = file
    try:
        while not place.exists() and place != place.parent:
            place = place.parent
        if place == file and place.is_dir():
            return os.strerror(EISDIR)
        if place != file and not place.is_dir():
            return os.strerror(ENOTDIR)
        how = os.R_OK | os.W_OK if place == file else os.W_OK | os.X_OK
        return None if os.access(place, how) else os.strerror(EACCES)
    except OSError as error:
        return error.strerror


def _try(connection: Connection) -> str | None:
    if connection.dialect.name != "sqlite":
        read_only = connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
        return "25006: the server is a standby or read-only" if read_only else None
    # Rewrite the first page of the file with the same value, as the probe of a node does.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    standing = connection.exec_driver_sql("PRAGMA user_version").scalar()
    connection.exec_driver_sql(f"PRAGMA user_version = {standing}")
    connection.exec_driver_sql("COMMIT")
    return None
