"""An event loop without sockets, threads or wall clock: time jumps to the next timer, and steps belong to
simulated processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple

from wakeup.simulation.network import Doorway, Network
from wakeup.simulation.process import LIFE, SimulatedProcess

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class StuckError(RuntimeError):
    """Nothing is scheduled any more, so the program would wait for ever."""


class _Jump:
    """Replaces the selector of BaseEventLoop: waiting advances the time."""

    def __init__(self) -> None:
        self.now = 0.0

    def select(self, timeout: float | None) -> tuple[()]:
        if timeout is None:
            raise StuckError("nothing is scheduled and nothing can arrive")
        if timeout > 0:
            self.now += timeout
        return ()


class SimulatedLoop(asyncio.BaseEventLoop):
    """An event loop whose `time()` starts at 0. What is scheduled within a simulated process runs as a step of
    that process."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Jump()
        self._clock_resolution = 1e-6
        self.network = Network(self)

    def time(self) -> float:
        return self._selector.now

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        life = _owner(context)
        if life is None:
            return super().call_soon(callback, *args, context=context)
        return super().call_soon(life.step, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        life = _owner(context)
        if life is None:
            return super().call_at(when, callback, *args, context=context)
        return super().call_at(when, life.step, callback, *args, context=context)

    def create_task(  # type: ignore[override]  # generators are no coroutines any more
        self, coro: Coroutine[Any, Any, T], *, name: object = None, context: Context | None = None
    ) -> asyncio.Task[T]:
        task: asyncio.Task[T] = super().create_task(coro, name=name, context=context)
        life = _owner(context)
        if life is not None:
            life.tasks.add(task)
        return task

    def run_in_executor(  # type: ignore[override]  # typeshed spells the variadic in a way a subclass cannot
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run the function at once, since there are no threads; the order is therefore always the same."""
        del executor
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is the caller's
            future.set_exception(error)
        return future

    async def create_server(  # type: ignore[override]  # only what aiohttp asks for
        self, protocol_factory: Callable[[], asyncio.BaseProtocol], host: str, port: int, **_options: Any
    ) -> Doorway:
        return self.network.listen(protocol_factory, host, port)

    async def sendfile(self, *_file: Any, **_options: Any) -> int:
        """Leave it to aiohttp to send a file in pieces, as on a system without this call."""
        raise NotImplementedError

    def _process_events(self, events: Any) -> None:
        """Do nothing: no events arrive."""

    def _write_to_self(self) -> None:
        """Do nothing: no other thread waits."""


def _owner(context: Context | None) -> SimulatedProcess | None:
    return LIFE.get() if context is None else context.get(LIFE)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine to its end on a fresh loop."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(main)
