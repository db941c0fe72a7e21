"""Fixtures of the storage suite: each kind of database on which the tests run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.storage.migrated import migrated_file
from wakeup.storage.engine import make_engine


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'wakeup.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind with all our tables and no rows."""
    if request.param == "sqlite":
        shutil.copy(migrated_file(), tmp_path / "wakeup.db")
        return f"sqlite:///{tmp_path / 'wakeup.db'}"
    url: str = request.getfixturevalue("migrated_postgres_url")
    return url


@pytest.fixture
def engine(migrated_postgres_url: str) -> Iterator[Engine]:
    """A PostgreSQL database with all our tables and no rows."""
    yield from _disposed(make_engine(migrated_postgres_url))


@pytest.fixture
def any_engine(migrated_url: str) -> Iterator[Engine]:
    """A database of each kind with all our tables and no rows."""
    yield from _disposed(make_engine(migrated_url))


def _disposed(engine: Engine) -> Iterator[Engine]:
    yield engine
    engine.dispose()
