"""Times as the tables and the chain write them. Writing one costs more than everything else about it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


def in_utc(at: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a time without zone."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError("a time without zone is refused")
    return at.astimezone(UTC)


def as_text(at: datetime) -> str:
    """ISO 8601 in UTC, of fixed width, which sorts as time does. Raises ValueError for a time without zone."""
    return utc_as_text(in_utc(at))


def maybe_text(at: datetime | None) -> str | None:
    """The same, in one step for the two most frequent answers."""
    if at is None:
        return None
    return utc_as_text(at) if at.tzinfo is UTC else as_text(at)


def maybe_time(text: str | None) -> datetime | None:
    """What was written so, read again."""
    return None if text is None else datetime.fromisoformat(text)


@lru_cache(maxsize=512)
def utc_as_text(at: datetime) -> str:
    """One `now` fills many columns of many rows. Of UTC only: elsewhere two moments of an autumn night are equal."""
    return at.isoformat(timespec="microseconds")
