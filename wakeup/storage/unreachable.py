"""A database that is not there, not ours to open, or not brought up to date, in words for whoever set its address."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from wakeup.storage.jobs import code_of

_NO_SUCH = ("no such table", "no such column")
_NO_SUCH_STATES = frozenset({"42P01", "42703"})
"""PostgreSQL's codes for the same."""


def unreachable_reason(error: Exception) -> str | None:
    """None when the database is not to blame. Of its own words only the first line: no statement, no values."""
    if not isinstance(error, DatabaseError):
        return None
    words = (str(error.orig).splitlines() or [""])[0]
    if words.startswith(_NO_SUCH) or getattr(error.orig, "sqlstate", None) in _NO_SUCH_STATES:
        return f"lacks what this version needs ({words}); run `wakeup migrate` first"
    # SQLite calls a file that is no database a DatabaseError, of no kind.
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        return f"cannot be used ({words}); see that the setting names a database we may open"
    return None


def connection_lost_code(error: Exception) -> str | None:
    """The code under which the database stopped what was begun; None when it did not, or cannot be used at all."""
    if not isinstance(error, SQLAlchemyError) or unreachable_reason(error) is not None:
        return None
    return code_of(error)


def address_of(database_url: str) -> str:
    """The URL without password and options."""
    return make_url(database_url).set(query={}).render_as_string(hide_password=True)
