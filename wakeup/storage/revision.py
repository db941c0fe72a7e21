"""Where a database stands, and what the code wants. Without Alembic: a running service never migrates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import inspect, text

from wakeup.storage.engine import make_engine


def current_revision(database_url: str) -> str | None:
    """Where the database stands; None when nothing was applied."""
    engine = make_engine(database_url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return found
    finally:
        engine.dispose()


def newest_revision(folder: Callable[[], Path]) -> str | None:
    """The highest number among the migrations, whose files are named NNNN_pre_… or NNNN_post_…."""
    return max((path.stem.split("_")[0] for path in _files(folder)), default=None)


def needed_revision(folder: Callable[[], Path]) -> str | None:
    """What the code cannot do without: a `post` after the last `pre` is applied when no old node is left, and until
    then the new ones serve."""
    return max((path.stem.split("_")[0] for path in _files(folder) if "_post_" not in path.stem), default=None)


def _files(folder: Callable[[], Path]) -> list[Path]:
    return list((folder() / "versions").glob("[0-9]*.py"))
