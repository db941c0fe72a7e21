"""The base class of every loop: woken by name, one round at a time, never ended by an error."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from structlog.typing import FilteringBoundLogger

from wakeup.domain.errors import StoreDownError
from wakeup.runtime.clock import Clock
from wakeup.runtime.hub import Hub
from wakeup.runtime.scheduler import Timers
from wakeup.usecases.store import Store
from wakeup.usecases.unit import Unit

T = TypeVar("T")
AFTER_TROUBLE = timedelta(seconds=1)
"""Delay until a failure is tried again, be it a whole round or one of many things that were due."""


FAILED_TOO_OFTEN = 5
"""Number of failures in a row, of rounds or of one item, after which the operator alert is raised."""
ALARM_AGAIN_EVERY = 60
"""Number of failures after which it is raised, or an outage logged, again."""


def ignore(_what: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopParts:
    """What every loop needs."""

    store: Store[Unit]
    clock: Clock
    hub: Hub
    timers: Timers
    log: FilteringBoundLogger
    alarm: Callable[[str], None] = ignore
    """Raise the operator alert of this cause."""
    failed: Callable[[str], None] = ignore
    """Count a failed round of the loop of this name."""
    item_failed: Callable[[str], None] = ignore
    """Count a failure of one item, by its log event."""


class Loop(ABC):
    """A loop that is woken by its name; `round` returns when it must look again."""

    name: ClassVar[str]

    def __init__(self, engine: LoopParts) -> None:
        self.engine = engine
        self._tasks: set[asyncio.Task[Any]] = set()
        self._failures = 0
        """Failed rounds in a row."""
        self._without_store = 0
        """Rounds in a row for which the database was away."""

    @abstractmethod
    async def round(self) -> datetime | None:
        """Do all that is due now. Return when the next thing falls due, or None."""

    async def run(self) -> None:
        """Run rounds until cancelled."""
        woken = self.engine.hub.loop_event(self.name)
        woken.set()
        while True:
            await woken.wait()
            woken.clear()
            try:
                due = await self.round()
                self._failures = self._without_store = 0
            except StoreDownError as down:
                self._note_outage(str(down))
                due = self.engine.clock.now() + AFTER_TROUBLE
            except Exception:
                self.engine.log.exception("loop_failed", loop=self.name)
                self._note_failure()
                due = self.engine.clock.now() + AFTER_TROUBLE
            if due is not None:
                self.engine.timers.set(self.name, due)

    def _note_outage(self, code: str) -> None:
        """Log that the database is away: at first, then ever more rarely, because a dozen loops do so each second."""
        self._without_store += 1
        if self._without_store.bit_count() == 1 or self._without_store % ALARM_AGAIN_EVERY == 0:
            self.engine.log.error("loop_without_store", loop=self.name, code=code, rounds=self._without_store)

    def _note_failure(self) -> None:
        """Count the failure, and alert the operator if the loop does not recover by itself."""
        self._failures += 1
        self.engine.failed(self.name)
        if self._failures == FAILED_TOO_OFTEN or self._failures % ALARM_AGAIN_EVERY == 0:
            self.engine.alarm("loop_failed")

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work in a task of its own. Its errors are logged, and `drain` waits for its end."""
        _ = self.keep(asyncio.create_task(self._guarded(work)))

    def keep(self, task: asyncio.Task[T]) -> asyncio.Task[T]:
        """Make `drain` wait for the end of a task."""
        self._tasks.add(task)
        task.add_done_callback(self.ended)
        return task

    def ended(self, task: asyncio.Task[Any]) -> None:
        """Forget a task that has ended, so that its place is free."""
        self._tasks.discard(task)

    async def drain(self, seconds: float) -> None:
        """Wait at most `seconds` for the running tasks and for those that they start."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._tasks:
                    await asyncio.wait(self._tasks)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except StoreDownError as down:
            self.engine.log.error("work_without_store", loop=self.name, code=str(down))
        except Exception:
            self.engine.log.exception("work_failed", loop=self.name)
