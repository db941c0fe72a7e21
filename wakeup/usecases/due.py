"""What a loop's look finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due(Generic[T]):
    """What is due now, the most urgent first. Each is then looked after in a transaction of its own, so that one that
    cannot be read keeps nobody else waiting."""

    found: Sequence[T]
    next_due: datetime | None
    """When something more falls due; where nobody rests this may be now. None: when something wakes us."""
    since: Sequence[datetime] = ()
    """When each of them fell due, where somebody asks."""


def if_due(first: datetime | None, now: datetime, find: Callable[[], Sequence[T]]) -> Due[T]:
    """What there is to find, if the first of it (None: there is none) is due by now. Most looks come too early, or
    after another node's: they ask for the date, and for nothing else."""
    return Due(found=find() if first is not None and first <= now else [], next_due=first)


def soonest(*dates: datetime | None) -> datetime | None:
    """The first of them; None where there is none."""
    return min((at for at in dates if at is not None), default=None)
