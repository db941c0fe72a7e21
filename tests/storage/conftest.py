"""Fixtures of the storage suite: every database that a story is told on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storage.postgres import postgres_server, postgres_url

__all__ = ["database_url", "postgres_server", "postgres_url"]


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'wakeup.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
