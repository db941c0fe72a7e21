"""What stops a feed, and what is wrong with one row of it. Neither repeats a cell."""

from __future__ import annotations

from dataclasses import dataclass

from wakeup.domain.errors import WakeupError


class FeedError(WakeupError):
    """The file, the mapping or the checkpoint cannot be used; nothing more is sent."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row was not taken. `column` is the file's column, or the event's field when no column fed it."""

    line: int
    column: str
    why: str
