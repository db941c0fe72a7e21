"""The shape of every loop: woken by name, one round at a time, never dead of an error."""

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
"""Until what failed is tried again: a whole round, or one of many things that were due."""


FAILED_TOO_OFTEN = 5
"""So many rounds in a row that failed are no mishap any more."""
SAID_AGAIN = 60
"""Every so many failures a person is told again."""


def unheard(_what: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What every loop turns on."""

    store: Store[Unit]
    clock: Clock
    hub: Hub
    timers: Timers
    log: FilteringBoundLogger
    alarm: Callable[[str], None] = unheard
    """A person must look at this cause."""
    failed: Callable[[str], None] = unheard
    """A round of the loop of this name failed."""


class Loop(ABC):
    """Woken by its name; `round` answers when it must look again."""

    name: ClassVar[str]

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._tasks: set[asyncio.Task[Any]] = set()
        self._failures = 0
        """In a row."""

    @abstractmethod
    async def round(self) -> datetime | None:
        """Do all that is due now. Answers when the next thing falls due, or None."""

    async def run(self) -> None:
        """Until cancelled."""
        woken = self.engine.hub.loop_event(self.name)
        woken.set()
        while True:
            await woken.wait()
            woken.clear()
            try:
                due = await self.round()
                self._failures = 0
            except StoreDownError as down:
                self.engine.log.error("loop_without_store", loop=self.name, code=str(down))
                due = self.engine.clock.now() + AFTER_TROUBLE
            except Exception:
                self.engine.log.exception("loop_failed", loop=self.name)
                self._note_failure()
                due = self.engine.clock.now() + AFTER_TROUBLE
            if due is not None:
                self.engine.timers.set(self.name, due)

    def _note_failure(self) -> None:
        """Counted; and a person hears of a loop that does not come out of it by itself."""
        self._failures += 1
        self.engine.failed(self.name)
        if self._failures == FAILED_TOO_OFTEN or self._failures % SAID_AGAIN == 0:
            self.engine.alarm("loop_failed")

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Let it run beside the loop; its error is logged, and its end is awaited by `drain`."""
        _ = self.keep(asyncio.create_task(self._guarded(work)))

    def keep(self, task: asyncio.Task[T]) -> asyncio.Task[T]:
        """`drain` waits for its end."""
        self._tasks.add(task)
        task.add_done_callback(self.ended)
        return task

    def ended(self, task: asyncio.Task[Any]) -> None:
        """What was spawned is over, and its place is free."""
        self._tasks.discard(task)

    async def drain(self, seconds: float) -> None:
        """Wait for what is still running, and for what that leaves behind."""
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
