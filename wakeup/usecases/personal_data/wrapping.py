"""Re-wrap customer keys under the newest master key after a rotation, some at a time."""

from __future__ import annotations

from datetime import datetime

from wakeup.usecases.repositories.wrapping import KeyKind, Wrapped
from wakeup.usecases.unit import Unit

A_PAGE = 500


def wrap_anew(unit: Unit, kind: KeyKind, after: str) -> Wrapped:
    """Re-wrap one page of keys in one transaction. If it is interrupted, the next run starts from the beginning
    and has less to do."""
    return unit.wrapping.wrap_anew(kind, after, A_PAGE)


def end_wrapping(unit: Unit, anew: int, unreadable: int, by: str, now: datetime) -> None:
    unit.admin.add("keys_wrapped_anew", by, now, keys=anew, unreadable=unreadable)
