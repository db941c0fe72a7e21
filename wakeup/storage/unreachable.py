"""Error messages for a database that is unreachable, refuses access, or lacks migrations.

They are written for the operator who set its address.
"""

from __future__ import annotations

from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from wakeup.storage.jobs import code_of

_NO_SUCH = ("no such table", "no such column")
_NO_SUCH_STATES = frozenset({"42P01", "42703"})
"""PostgreSQL's codes for the same."""
_CORRUPT, _MALFORMED = "SQLITE_CORRUPT", "database disk image is malformed"
"""SQLite's name of the error, which may have an ending, and its text."""


def unreachable_reason(error: Exception) -> str | None:
    """Return the message, or None when the database is not the cause.

    Only the first line of the database's own text is quoted: no statement and no values.
    """
    if not isinstance(error, DatabaseError):
        return None
    words = (str(error.orig).splitlines() or [""])[0]
    if words.startswith(_NO_SUCH) or getattr(error.orig, "sqlstate", None) in _NO_SUCH_STATES:
        return f"lacks what this version needs ({words}); run `wakeup migrate` first"
    if words.startswith(_MALFORMED):
        return _damaged(words)
    # For a file that is not a database, SQLite raises a plain DatabaseError.
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        return f"cannot be used ({words}); check that it names a database that Wakeup may open"
    return None


def failure_reason(code: str) -> str:
    """Return the message for an error code of the database while a command used it. Whether the command reads or
    writes, only what it has reported holds."""
    if code.startswith(_CORRUPT):
        return _damaged(code)
    return (
        f"the database failed ({code or 'no code'}), so nothing that this command was to do counts as done; `wakeup "
        "config check` names the cause"
    )


def _damaged(why: str) -> str:
    return f"is damaged ({why}); see Restore in docs/operations.md"


def connection_lost_code(error: Exception) -> str | None:
    """Return the error code when the database aborted the work. None for other errors, and for those
    `unreachable_reason` explains."""
    if not isinstance(error, SQLAlchemyError) or unreachable_reason(error) is not None:
        return None
    return code_of(error)
