"""The URL of a database: whether it can be read, and how it is shown without its password.

It is taken apart by SQLAlchemy, as for the connection itself. Another parser ends the password at a `/`, `?` or `#`
that is not escaped, and shows the rest of it as something else.
"""

from __future__ import annotations

import re

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

MASK = "********"
UNREADABLE = (
    "cannot be read: in user, password and database write : as %3A, / as %2F, ? as %3F, # as %23 and % as %25, "
    "and @ as %40 everywhere but before the host"
)
_HOST = re.compile(r"[0-9A-Za-z_.,:%-]*")


def address_fault(url: str) -> str | None:
    """Return what is wrong with the URL, without repeating it; None if nothing is."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        return UNREADABLE
    if parts.drivername == "sqlite":
        return None
    # An @ that is not escaped in a password leaves its end in the host, in the database or in the query.
    # A name with a / that is not escaped is taken for the host, and the rest for the database.
    torn = url.count("@") > 1 or "@" in (parts.database or "") or _HOST.fullmatch(parts.host or "") is None
    return UNREADABLE if torn else None


def shown_address(url: str) -> str:
    """Return the URL without its password, and without its query, which may hold one too."""
    parts = make_url(url)
    if parts.drivername == "sqlite":
        return url
    text = parts.set(query={}).render_as_string(hide_password=True).replace(":***@", f":{MASK}@")
    return f"{text}?{MASK}" if parts.query else text
