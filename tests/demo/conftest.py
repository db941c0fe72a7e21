"""The database server for demos."""

from __future__ import annotations

from tests.storage.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]
