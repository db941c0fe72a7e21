"""Background tasks that follow a response: run after it, tracked, and finished or cancelled at shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from aiohttp import web

from wakeup.domain.errors import RemoteError
from wakeup.web.parts import Parts

PATIENCE_SECONDS = 8.0
"""How long a stopping application waits for its tasks."""


class Background:
    """The tasks of one application."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, act: str, work: Coroutine[None, None, None], **facts: str) -> None:
        """Run the work as a task. A failure is logged under the name of the act and counted."""
        task = asyncio.get_running_loop().create_task(self._do(act, work, facts))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, _app: web.Application) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=PATIENCE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _do(self, act: str, work: Coroutine[None, None, None], facts: dict[str, str]) -> None:
        try:
            await work
        except RemoteError as error:
            self._parts.metrics.background_failures.labels(act).inc()
            self._parts.log.warning("act_failed", act=act, reason=str(error), **facts)
        except Exception as error:
            self._parts.metrics.background_failures.labels(act).inc()
            self._parts.log.error("act_failed", act=act, exc_info=error, **facts)


BACKGROUND = web.AppKey("background", Background)
