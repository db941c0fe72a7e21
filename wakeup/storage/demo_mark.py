"""Whether a database is a demo's: its log of administration says so, and cannot be made to forget."""

from __future__ import annotations

from sqlalchemy import inspect, select

from wakeup.domain.errors import ConfigError
from wakeup.storage.engine import connected
from wakeup.storage.mapping import table_of
from wakeup.storage.tables import AdminLogRow

DEMO = "demo_database"
_log = table_of(AdminLogRow)


def want_empty(database_url: str) -> None:
    """Raises ConfigError if anything was ever made in it: a demo is not let loose on anybody's books."""
    with connected(database_url) as connection:
        if inspect(connection).get_table_names():
            raise ConfigError(["--database: there are tables in it; a demo wants an empty one of its own"])


def is_demo(database_url: str) -> bool:
    """Whether a demo was played in it. False for a database that is not there yet."""
    with connected(database_url) as connection:
        if not inspect(connection).has_table(_log.name):
            return False
        return connection.execute(select(_log.c.n).where(_log.c.kind == DEMO).limit(1)).first() is not None
