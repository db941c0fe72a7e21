"""Errors that stop a feed, and faults of single rows. Neither repeats the content of a cell."""

from __future__ import annotations

from dataclasses import dataclass

from wakeup.domain.errors import WakeupError


class FeedError(WakeupError):
    """The file, the mapping or the checkpoint cannot be used; nothing more is sent."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """The reason a row was rejected. `column` is the file's column, or the event's field if no column feeds it.

    `line` and `last_line` are the first and the last line of what was not sent.
    """

    line: int
    last_line: int
    column: str
    why: str
