"""A simulated process: it owns its tasks and connections, and can be killed between any two steps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any, Protocol
from weakref import WeakSet


class Link(Protocol):
    """One end of a connection."""

    def cut(self) -> None:
        """The process of this end is dead: what was sent still arrives, then the other end sees a closed
        connection."""

    def buried(self) -> None:
        """The process of this end may now end cleanly: this end, too, learns that it is closed."""


class SimulatedProcess:
    """One process from its start to its death. After its death nothing of it runs any more, not even a `finally`.

    A *step* is what the event loop runs for it without interruption, from one await to the next.
    """

    def __init__(self, name: str, died: Callable[[SimulatedProcess], None]) -> None:
        """`died` is called once, at its death."""
        self.name, self._died = name, died
        self.dies_at_step: int | None = None
        self.steps = 0
        self.dead = self.buried = False
        self.tasks: WeakSet[asyncio.Task[Any]] = WeakSet()
        self.links: dict[Link, None] = {}
        self._remains: list[object] = []
        self._missed: list[tuple[Context, Callable[..., object], tuple[object, ...]]] = []

    def step(self, callback: Callable[..., object], *args: object) -> None:
        """Run the next step, unless the process is dead or dies at this step."""
        if self.dead and not self.buried:
            self._missed.append((copy_context(), callback, args))
            return
        self.steps += 1
        if self.steps == self.dies_at_step:
            self.kill()
            self._missed.append((copy_context(), callback, args))
            return
        callback(*args)

    def kill(self) -> None:
        """Kill the process: nothing of it runs any more, and the other ends of its connections see that."""
        if self.dead:
            return
        self.dead = True
        # Keep references to the tasks: a task that is garbage-collected would be closed, and its `finally` would
        # run.
        self._remains = list(self.tasks)
        for link in list(self.links):
            link.cut()
        self._died(self)

    def bury(self) -> None:
        """Allow its remains to be cancelled and closed once everything is judged, so that the loop can end cleanly."""
        self.buried = True
        self._remains.clear()
        # A task whose next step had been scheduled can only be cancelled by that step.
        for context, callback, args in self._missed:
            asyncio.get_running_loop().call_soon(callback, *args, context=context)
        self._missed.clear()
        if self.dead:
            for link in list(self.links):
                link.buried()


LIFE: ContextVar[SimulatedProcess | None] = ContextVar("life", default=None)
"""The process to which the present step belongs; None for the simulators and for the stage itself."""
