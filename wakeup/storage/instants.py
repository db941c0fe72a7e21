"""Times as the tables and the chain store them. Formatting is cached, as it costs more than the rest of storing one."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

_FORM = "%04d-%02d-%02dT%02d:%02d:%02d.%06d+00:00"


def in_utc(at: datetime) -> datetime:
    """Return the same moment in UTC. Raises ValueError for a time without a zone."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError("a time without a time zone is refused")
    return at.astimezone(UTC)


def as_text(at: datetime) -> str:
    """Return ISO 8601 in UTC with a fixed width, which sorts like time. Raises ValueError for a time without a zone."""
    return utc_as_text(in_utc(at))


def maybe_text(at: datetime | None) -> str | None:
    """`as_text` that also accepts None, without a further call for None and for times in UTC."""
    if at is None:
        return None
    return utc_as_text(at) if at.tzinfo is UTC else as_text(at)


def maybe_time(text: str | None) -> datetime | None:
    """Parse what `maybe_text` has written."""
    return None if text is None else datetime.fromisoformat(text)


@lru_cache(maxsize=512)
def utc_as_text(at: datetime) -> str:
    """Format a time in UTC, cached because one `now` fills many columns of many rows.

    For UTC only: in other zones two moments of the night when summer time ends compare as equal.
    """
    # As `isoformat(timespec="microseconds")`, which takes twice as long to write the zone.
    return _FORM % (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)
