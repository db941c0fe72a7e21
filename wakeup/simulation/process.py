"""A process, as far as a simulation needs one: it owns what runs in it, and can be killed between any two steps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any, Protocol
from weakref import WeakSet


class Link(Protocol):
    """An end of a connection."""

    def cut(self) -> None:
        """Its process is dead: what was sent still arrives, and then the other end sees a closed connection."""

    def buried(self) -> None:
        """Its process may end cleanly now: this end learns that it is closed, too."""


class SimulatedProcess:
    """One process from its start to its death. Of a dead one nothing runs any more, not even a `finally`.

    A *step* is whatever the event loop runs for it without interruption: from one await to the next.
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
        """Run the next step, unless it is dead or dies just now."""
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
        """Nothing of it will run any more; the other ends of its connections notice."""
        if self.dead:
            return
        self.dead = True
        # Whatever was let go of now would be closed, and its `finally` would run.
        self._remains = list(self.tasks)
        for link in list(self.links):
            link.cut()
        self._died(self)

    def bury(self) -> None:
        """All is judged: what was left behind may be cancelled and closed, so that the loop can end cleanly."""
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
"""Whose step this is; None for the strangers and for the stage itself."""
