"""Tell whether a database was used by a demo, and whether a service may open it.

A demo marks its database in the administration log, which is append-only, so the mark cannot be removed.
"""

from __future__ import annotations

from sqlalchemy import inspect, select
from sqlalchemy.exc import DatabaseError

from wakeup.domain.errors import ConfigError
from wakeup.storage.address import shown_address
from wakeup.storage.engine import connected, file_of
from wakeup.storage.mapping import table_of
from wakeup.storage.tables import AdminLogRow
from wakeup.storage.unreachable import unreachable_reason

DEMO = "demo_database"
REFUSED = "this database belongs to a demo, whose passwords were shown on a screen; use an empty database"
_log = table_of(AdminLogRow)


def want_empty(database_url: str) -> None:
    """Raise ConfigError if the database contains any table, or cannot be opened. A demo must not run on a database
    that is in use."""
    try:
        with connected(database_url) as connection:
            used = bool(inspect(connection).get_table_names())
    except DatabaseError as error:
        raise ConfigError([f"--database {shown_address(database_url)}: {unreachable_reason(error)}"]) from None
    if used:
        raise ConfigError(["--database: the database has tables; a demo needs an empty one"])


def is_demo(database_url: str) -> bool:
    """True if a demo has used the database. False for a database that does not exist yet."""
    with connected(database_url) as connection:
        if not inspect(connection).has_table(_log.name):
            return False
        return connection.execute(select(_log.c.n).where(_log.c.kind == DEMO).limit(1)).first() is not None


def why_not_served(database_url: str) -> str | None:
    """Return why a service must not start on this database, or None. A missing file is no reason: migrating
    creates it."""
    file = file_of(database_url)
    if file is not None and not file.exists():
        return None
    try:
        return REFUSED if is_demo(database_url) else None
    except DatabaseError as error:
        return f"WAKEUP_DATABASE_URL {shown_address(database_url)}: {unreachable_reason(error)}"
