"""The revision of a database, and the one the code needs. Without Alembic, because a running service never migrates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import column, inspect, select, table
from sqlalchemy.exc import DatabaseError

from wakeup.storage.engine import connected, file_of
from wakeup.storage.unreachable import unreachable_reason

REVISIONS = "schema_version"
"""The table in which Alembic stores the revision. Databases from before the first release have one by another name,
and their numbers must not be taken for ours."""
MADE_ANEW = (
    "this database is from before the first release and cannot be migrated; put it aside, and make a new one with"
    " `wakeup migrate`"
)
_BEFORE_RELEASE = {"alembic_version", "schema_revision"}
"""The names of that table before the first release. Only with a table of ours is it not of another program."""


def current_revision(database_url: str) -> str | None:
    """Return the revision of the database; None when no migration was applied."""
    with connected(database_url) as connection:
        if not inspect(connection).has_table(REVISIONS):
            return None
        found: str | None = connection.execute(select(column("version_num")).select_from(table(REVISIONS))).scalar()
        return found


def why_made_anew(database_url: str) -> str | None:
    """Return what to do about a database from before the first release; None for any other."""
    file = file_of(database_url)
    if file is not None and not file.exists():
        return None
    with connected(database_url) as connection:
        tables = set(inspect(connection).get_table_names())
        return MADE_ANEW if "timeline" in tables and tables & _BEFORE_RELEASE else None


def revision_fault(database_url: str, folder: Callable[[], Path]) -> str | None:
    """Return why this code cannot serve with the database, or None.

    The database may be ahead of the code: the next release's `pre` migrations take nothing away that this one uses,
    so both releases can run side by side.
    """
    stands, wanted = current_revision(database_url), needed_revision(folder)
    if stands is None and (anew := why_made_anew(database_url)) is not None:
        return anew
    if stands is None or wanted is None or stands < wanted:
        return f"the database is at revision {stands}, the code needs {wanted}; run `wakeup migrate`"
    return None


def why_not_served_yet(database_url: str, folder: Callable[[], Path]) -> str | None:
    """Like `revision_fault`, but a database that cannot be asked is a reason, too."""
    try:
        return revision_fault(database_url, folder)
    except DatabaseError as error:
        return f"the database {unreachable_reason(error) or 'cannot be read'}"


def needed_revision(folder: Callable[[], Path]) -> str | None:
    """Return the newest revision that the code cannot do without.

    A `post` migration after the last `pre` is applied when no old node is left, so new nodes must serve without
    it. The files are named NNNN_pre_… or NNNN_post_….
    """
    return max((name.split("_")[0] for name in _migrations(folder) if "_post_" not in name), default=None)


def newest_revision(folder: Callable[[], Path]) -> str | None:
    """Return the revision of a database to which every migration was applied."""
    return max((name.split("_")[0] for name in _migrations(folder)), default=None)


def _migrations(folder: Callable[[], Path]) -> list[str]:
    return [path.stem for path in (folder() / "versions").glob("[0-9]*.py")]
