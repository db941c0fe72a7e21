"""Log that the database hangs, and that it goes on. Whatever waits for a database that hangs cannot say so itself."""

from __future__ import annotations

from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from wakeup.runtime.clock import pause

LOOK_EVERY_S = 1.0


class StoreWatch:
    """Whether the Store stood still at the last look."""

    def __init__(self, stands_still: Callable[[], bool], log: FilteringBoundLogger) -> None:
        self._stands_still, self._log = stands_still, log
        self._stood_still = False

    async def run(self) -> None:
        """Look once a second until cancelled."""
        while True:
            self.look()
            await pause(LOOK_EVERY_S)

    def look(self) -> None:
        """Log a change since the last look."""
        stands_still = self._stands_still()
        if stands_still and not self._stood_still:
            self._log.error("store_hangs")
        elif self._stood_still and not stands_still:
            self._log.warning("store_goes_on")
        self._stood_still = stands_still
