"""Whether the writers of a Store, or its looks, make progress. A database that hangs raises no error: nothing ends."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic  # noqa: TID251 - threads hang in the machine's time

HANGS_AFTER_S = 15.0
"""No use case takes so long: a statement is given up after 10 s (`engine.POSTGRES_OPTIONS`)."""


class HangDetector:
    """Since when each writer has been at its use case. Written by the writers' threads, read by the event loop."""

    def __init__(self, writers: int, clock: Callable[[], float] = monotonic) -> None:
        self._writers, self._clock = writers, clock
        self._began: dict[Hashable, float] = {}
        self._ended = clock()
        """When a writer last ended a use case."""

    def begin(self, writer: Hashable) -> None:
        self._began[writer] = self._clock()

    def end(self, writer: Hashable) -> None:
        self._ended = self._clock()
        self._began.pop(writer, None)

    @property
    def stands_still(self) -> bool:
        """True if a use case takes too long and no other has ended meanwhile."""
        since = self._clock() - HANGS_AFTER_S
        return self._ended < since and any(began < since for began in tuple(self._began.values()))

    @property
    def all_hang(self) -> bool:
        """True if every use case that is being written takes too long, and no writer is free for another."""
        since, began = self._clock() - HANGS_AFTER_S, tuple(self._began.values())
        return len(began) == self._writers and all(at < since for at in began)
