"""The queue in front of the writers: lanes in order of priority, first in first out within a lane."""

from __future__ import annotations

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

from wakeup.domain.errors import StoreBusyError, StoreDownError
from wakeup.usecases.store import Lane

INGEST_LIMIT = 2_000
RETRY_AFTER_S = 1.0
J = TypeVar("J")


class LaneQueue(Generic[J]):
    """Filled by the event loop; emptied by writer threads, or by the loop itself."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, deque[J]] = {lane: deque() for lane in Lane}
        self._ready = Condition()
        self._closed = False

    def put(self, job: J, lane: Lane) -> None:
        """Add a job. Raises StoreBusyError when the lane is full, StoreDownError after `close`."""
        waiting = self._lanes[lane]
        with self._ready:
            if self._closed:
                raise StoreDownError("closed")
            if lane is Lane.INGEST and len(waiting) >= INGEST_LIMIT:
                raise StoreBusyError(RETRY_AFTER_S)
            waiting.append(job)
            self._ready.notify()

    def wait_for_one(self) -> J | None:
        """Return the next job of the best lane. Waits for one; None only when closed and drained."""
        with self._ready:
            while not any(self._lanes.values()):
                if self._closed:
                    return None
                self._ready.wait()
            return self._next()

    def take_one(self) -> J | None:
        """Return the next job of the best lane, or None."""
        with self._ready:
            return self._next()

    def _next(self) -> J | None:
        for lane in self._lanes.values():
            if lane:
                return lane.popleft()
        return None

    def close(self) -> None:
        """Accept no more jobs; those that wait are still handed out."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    @property
    def waiting(self) -> dict[Lane, int]:
        return {lane: len(jobs) for lane, jobs in self._lanes.items()}
