"""Exchange wake-ups with the other nodes on the same PostgreSQL, and follow the clock of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from structlog.typing import FilteringBoundLogger

from wakeup.runtime.clock import Clock, SystemClock, wall_seconds
from wakeup.runtime.hub import Hub
from wakeup.usecases.wakes import AT_HOME

if TYPE_CHECKING:
    from wakeup.storage.pg_notify import PgNotify

TOO_FAR_S = 0.5
"""Largest accepted difference from the database's clock, in seconds. A node beyond it takes no work: it would ring
and decide at the wrong time."""
SLOW_ANSWER_S = 0.1
"""Round trip in seconds beyond which an answer says too little about the clock."""
WORTH_A_STEP_S = 0.005


class NodeSync:
    """The other nodes. Does nothing on SQLite, where there are none."""

    def __init__(
        self, url: str, hub: Hub, clock: Clock, log: FilteringBoundLogger, clock_was_set: Callable[[], None]
    ) -> None:
        """`clock_was_set` is called after this node's clock was corrected by the database's."""
        self._url, self._hub, self._clock, self._log = url, hub, clock, log
        self._clock_was_set = clock_was_set
        self._notify: PgNotify | None = None
        self._off_s: float | None = None
        """Seconds by which the database's clock is ahead; None until measured, when the error of this machine's
        clock is unknown."""

    def start(self) -> None:
        if not self._url.startswith("postgresql"):
            return
        # The driver's client library is large: a node on SQLite does not load it.
        from wakeup.storage.pg_notify import PgNotify  # noqa: PLC0415

        self._notify = PgNotify(
            self._url,
            wall_seconds,
            self._hub.publish,
            self.compare,
            on_listening=self._hub.ring_all,
            on_error=self._complain,
        )
        self._notify.start()

    async def stop(self) -> None:
        if self._notify is not None:
            await self._notify.stop()

    def wake(self, names: frozenset[str]) -> None:
        """Wake the other nodes. Never blocks."""
        if self._notify is not None:
            self._notify.publish(name for name in names if not name.startswith(AT_HOME))

    def _complain(self, reason: str) -> None:
        self._log.warning("bell_not_understood", reason=reason)

    def compare(self, off_s: float, took_s: float) -> None:
        """Take a measurement: the database's clock is `off_s` ahead of this machine's. From now on this node
        follows it."""
        if took_s > SLOW_ANSWER_S and abs(off_s) <= took_s:
            if self._off_s is None and abs(off_s) + took_s / 2 <= TOO_FAR_S:
                # Too inexact to correct the clock, but enough to know that it is not far off.
                self._off_s = off_s
            return
        if abs(off_s) > TOO_FAR_S >= abs(self._off_s or 0.0):
            self._log.error("clock_off", seconds=round(off_s, 3))
        self._off_s = off_s
        if isinstance(self._clock, SystemClock) and abs(off_s - self._clock.correction_s) > WORTH_A_STEP_S:
            self._clock.correction_s = off_s
            self._clock_was_set()

    @property
    def fault(self) -> str | None:
        """Why this node should take no work; None if it may."""
        if self._off_s is None:
            if self._notify is None:
                return None
            return "this machine's clock has not been compared with the database's yet"
        if abs(self._off_s) <= TOO_FAR_S:
            return None
        return f"this machine's clock is {self._off_s:+.1f} s off the database's"
