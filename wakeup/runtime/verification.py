"""The verification that the console asks for: one at a time, in a process that ends with the service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from wakeup.runtime.audit_child import Wanted
from wakeup.runtime.settings.settings import Settings
from wakeup.web.parts import Log, Verified

COMMAND = (sys.executable, "-m", "wakeup.runtime.audit_child")


class Verification:
    """Implements `web.parts.Verification`."""

    def __init__(self, wanted: Callable[[datetime], Wanted], now: Callable[[], datetime], log: Log) -> None:
        self._wanted, self._now, self._log = wanted, now, log
        self._task: asyncio.Task[None] | None = None
        self._state = Verified()

    def state(self) -> Verified:
        return self._state

    def begin(self) -> None:
        """Begin a verification, unless one is running."""
        if self._task is None or self._task.done():
            self._state = replace(self._state, running_since=self._now(), done=0, cases=0)
            self._task = asyncio.create_task(self._run(), name="verification")

    async def close(self) -> None:
        """Kill the process, if there is one."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        ended: dict[str, Any] = {"failed": "no result"}
        try:
            async with _process() as process:
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write(self._wanted(self._now()).as_line())
                async for line in process.stdout:
                    said = json.loads(line)
                    if "cases" in said:
                        self._state = replace(self._state, done=said["done"], cases=said["cases"])
                    else:
                        ended = said
        except (OSError, ValueError) as error:
            ended = {"failed": type(error).__name__}
        finally:
            self._state = replace(self._state, running_since=None)
        failed = ended.get("failed")
        if failed is not None:
            self._log.error("audit_not_verified", reason=failed)
        faults = tuple(ended.get("faults", ()))
        self._state = Verified(ended_at=self._now(), failed=failed, faults=faults, count=ended.get("count", 0))


def all_of(settings: Settings, now: datetime) -> Wanted:
    """Return what this node has to verify."""
    return Wanted(
        url=settings.database_url.get_secret_value(),
        key=settings.keys.audit.get_secret_value(),
        anchors=Path(settings.audit.anchors_file),
        node=settings.node.name,
        now=now,
    )


@contextlib.asynccontextmanager
async def _process() -> AsyncIterator[Process]:
    """Start the process; it is gone when this is left."""
    process = await asyncio.create_subprocess_exec(*COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
