"""A rest that is kept in memory: for how long something is not done again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """A time in which something is not done again. It is over, too, when the clock was set back to before its begin:
    nothing may wait until a clock has caught up."""

    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        return self.since <= now < self.until


_LONG_AGO = datetime.min.replace(tzinfo=UTC)
NO_REST = Rest(_LONG_AGO, _LONG_AGO)
"""One that is over."""
