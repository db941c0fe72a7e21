"""The result of a loop's query for work that is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due(Generic[T]):
    """Items that are due now, most urgent first.

    Each is then processed in a transaction of its own, so that an item that cannot be read does not delay the
    others.
    """

    found: Sequence[T]
    next_due: datetime | None
    """When the next item falls due; this may be now where items that failed are not left out of the query. None:
    nothing is due before a wake-up."""
    since: Sequence[datetime] = ()
    """When each item fell due; empty where the caller does not need it."""


def if_due(first: datetime | None, now: datetime, find: Callable[[], Sequence[T]]) -> Due[T]:
    """Return what is due, found by `find` only if the first due time (None: there is none) has come.

    Most looks come too early or after another node's look: they cost one small query.
    """
    return Due(found=find() if first is not None and first <= now else [], next_due=first)


def soonest(*dates: datetime | None) -> datetime | None:
    """Return the earliest of the dates, or None if there is none."""
    return min((at for at in dates if at is not None), default=None)
