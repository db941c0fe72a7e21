"""Engines: how we connect to SQLite and PostgreSQL, with every timeout and safety switch in one place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, make_url

BUSY_TIMEOUT_MS = 5_000
LOOKERS = 1
"""Threads, and connections, for `Store.look`, in addition to those for reads that may take long."""
WRITER_PRAGMAS = ("cache_size=-2500", "wal_autocheckpoint=4000")
"""A cache of 2.5 MB, and a checkpoint every 16 MB of log. With the default a flood of events writes the same pages
of the file again and again."""
READER_PRAGMAS = ("cache_size=-500",)
"""Small, because the operating system caches the file's pages too, and this cache exists once per connection."""
POSTGRES_OPTIONS = {
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
    "timezone": "UTC",
    # Whatever the server's own setting. A use case that waited for a lock must read what was committed meanwhile: under
    # one snapshot a warning in another case of the customer would be missed, and the payment released.
    "default_transaction_isolation": r"read\ committed",
    # Whatever the server's own setting: an event answered 2xx, and the intent to place a call, must survive its
    # crash.
    "synchronous_commit": "on",
}
POSTGRES_READ_OPTIONS = {
    "default_transaction_read_only": "on",
    # One snapshot per read, as on SQLite.
    "default_transaction_isolation": r"repeatable\ read",
}
POSTGRES_CONNECT_ARGS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "wakeup",
}


# For any value but text and numbers the driver looks for an adapter, and when it finds none it formats an error
# message: half a microsecond per value, and most values are NULL. These adapters avoid that.
_nothing: Any = {}.get
sqlite3.register_adapter(type(None), _nothing)
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(bool, int)


class Engines(NamedTuple):
    """Two engines on one database."""

    writing: Engine
    reading: Engine
    """Read-only."""


def make_engines(url: str | URL, *, writers: int, readers: int) -> Engines:
    """Create both engines, each with as many connections as it has threads."""
    return Engines(
        make_engine(url, pool_size=writers),
        make_engine(url, read_only=True, pool_size=readers + LOOKERS),
    )


def make_engine(
    url: str | URL,
    *,
    read_only: bool = False,
    pool_size: int = 5,
    busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    driver: Callable[..., sqlite3.Connection] = sqlite3.Connection,
) -> Engine:
    """Create an engine for `sqlite:///…` or `postgresql+psycopg://…`. Parameters never appear in errors or logs.

    `driver` makes SQLite's connections; a simulation passes its own.

    SQLite connections stay in autocommit, because the writer sends its own BEGIN IMMEDIATE.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(
            address,
            read_only=read_only,
            pool_size=pool_size,
            busy_timeout_ms=busy_timeout_ms,
            driver=driver,
        )
    return _postgres(address, read_only=read_only, pool_size=pool_size)


@contextmanager
def connected(url: str | URL, *, read_only: bool = False) -> Iterator[Connection]:
    """Open one connection and dispose of its engine afterwards. For code that reads a database without the Store."""
    engine = make_engine(url, read_only=read_only)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def snapshot(url: str | URL) -> Iterator[Connection]:
    """The same, read-only and within one snapshot, as a service may be writing meanwhile."""
    with connected(url, read_only=True) as connection, one_snapshot(connection):
        yield connection


@contextmanager
def one_snapshot(connection: Connection) -> Iterator[None]:
    """Read within one snapshot on a connection that is open. Keep it short on SQLite: its log grows meanwhile."""
    with connection.begin():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        yield


def file_of(url: str | URL) -> Path | None:
    """Return the file of a SQLite database; None for one in memory, or on a server."""
    address = make_url(url)
    on_disk = address.get_backend_name() == "sqlite" and not in_memory(address)
    return Path(str(address.database)) if on_disk else None


def in_memory(url: str | URL) -> bool:
    """True if the database is SQLite in memory: one connection, one thread, gone when closed."""
    address = make_url(url)
    return address.get_backend_name() == "sqlite" and address.database in {
        None,
        "",
        ":memory:",
    }


def _sqlite(
    url: URL, *, read_only: bool, pool_size: int, busy_timeout_ms: int, driver: Callable[..., sqlite3.Connection]
) -> Engine:
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory(url) else {"pool_size": pool_size}
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": busy_timeout_ms / 1000,
            "cached_statements": 512,
            "factory": driver,
        },
        **pool,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # secure_delete=ON: an erased key must not survive in the file. FAST leaves pages that become free as they are.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={busy_timeout_ms}",
            "secure_delete=ON",
            "trusted_schema=OFF",
            # So that INSERT OR REPLACE cannot bypass the triggers of append-only tables.
            "recursive_triggers=ON",
            f"query_only={'ON' if read_only else 'OFF'}",
            *(READER_PRAGMAS if read_only else WRITER_PRAGMAS),
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    return engine


def _postgres(url: URL, *, read_only: bool, pool_size: int) -> Engine:
    settings = POSTGRES_OPTIONS | (POSTGRES_READ_OPTIONS if read_only else {})
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        connect_args=POSTGRES_CONNECT_ARGS | {"options": options},
    )
