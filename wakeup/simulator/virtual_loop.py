"""An event loop whose clock jumps to the next timer when nothing else can happen, over real loopback sockets.

It is independent of phones: any asyncio program in one process and one thread runs hours in milliseconds on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import selectors
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")

GLANCE_SECONDS = 0.0003
"""Real time given to loopback data in flight before the virtual clock may jump."""
PATIENCE_SECONDS = 0.05
"""Real time of one wait while only another thread or a socket can wake the loop."""


class StuckError(RuntimeError):
    """Nothing is scheduled, no socket has data and no thread works, so the program would wait for ever."""


class _JumpingSelector(selectors.BaseSelector):
    """The real selector, except that waiting for a timer advances the virtual clock instead."""

    def __init__(self, patience: int) -> None:
        self._real = selectors.DefaultSelector()
        self._patience = patience
        self.virtual = 0.0
        self.outside_work = 0

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = self._real.select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if timeout is None or self.outside_work:
            return self._wait_for_others()
        events = self._glance()
        if not events:
            self.virtual += timeout
        return events

    def _glance(self) -> list[tuple[selectors.SelectorKey, int]]:
        # epoll rounds its timeout up to whole milliseconds; select() on the epoll descriptor does not.
        fileno: Callable[[], int] | None = getattr(self._real, "fileno", None)
        if fileno is None:
            return self._real.select(GLANCE_SECONDS)
        try:
            select.select([fileno()], [], [], GLANCE_SECONDS)
        except ValueError:
            return self._real.select(GLANCE_SECONDS)
        return self._real.select(0)

    def _wait_for_others(self) -> list[tuple[selectors.SelectorKey, int]]:
        for _ in range(self._patience):
            events = self._real.select(PATIENCE_SECONDS)
            if events:
                return events
        if self.outside_work:
            return []
        message = "the virtual loop is stuck: nothing is scheduled and nothing arrives"
        raise StuckError(message)


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` starts at 0 and jumps from timer to timer while every task sleeps."""

    def __init__(self, stuck_after: float = 10.0) -> None:
        """`stuck_after` is in real seconds: how long a loop with nothing scheduled waits before StuckError."""
        self._jumping = _JumpingSelector(max(1, round(stuck_after / PATIENCE_SECONDS)))
        super().__init__(self._jumping)
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._jumping.virtual

    @contextlib.contextmanager
    def outside_work(self) -> Iterator[None]:
        """Stop virtual time while a thread that this loop does not know of works for it."""
        self._jumping.outside_work += 1
        try:
            yield
        finally:
            self._jumping.outside_work -= 1

    def run_in_executor(  # type: ignore[override]  # typeshed spells the variadic in a way a subclass cannot
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = super().run_in_executor(executor, func, *args)
        self._jumping.outside_work += 1
        future.add_done_callback(self._executor_done)
        return future

    def _executor_done(self, _future: asyncio.Future[Any]) -> None:
        self._jumping.outside_work -= 1

    async def shutdown_default_executor(self) -> None:
        with self.outside_work():
            await super().shutdown_default_executor()


def run(story: Coroutine[Any, Any, T], *, stuck_after: float = 10.0) -> T:
    """Run a coroutine to its end on a fresh VirtualLoop; leftovers are cancelled and the loop is closed."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(stuck_after)) as runner:
        return runner.run(story)
