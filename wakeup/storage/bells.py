"""Wake-ups between the processes on one PostgreSQL: NOTIFY outside every transaction, LISTEN on its own connection.

Nothing rests on a bell: what it says is in the tables, and every loop looks for itself now and then. What is rung while
a NOTIFY is under way goes with the next one, so a flood of commits costs a few notifications.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection, Error
from sqlalchemy import make_url

from wakeup.storage.engine import POSTGRES_CONNECT_ARGS

CHANNEL = "wakeup"
MOST_BYTES = 7_000
"""A notification carries less than 8,000 bytes."""
TRY_AGAIN_S = 1.0
ASK_CLOCK_S = 10.0
Heard = Callable[[frozenset[str]], None]
"""Called in the event loop with names another process rang. Must not block."""
Told = Callable[[float, float], None]
"""Called with (database's clock less ours, how long the answer took), in seconds."""


class Bells:
    """One process's bell rope and ears. `ring` never blocks; what cannot be rung now is lost."""

    def __init__(self, url: str, wall: Callable[[], float], heard: Heard, told: Told) -> None:
        self._address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._wall, self._heard, self._told = wall, heard, told
        self._pending: set[str] = set()
        self._rung = asyncio.Event()
        self._stopped = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._own: int | None = None
        """The backend that rings for us: what it says we know. A lost one's number may be anybody's by now."""

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._stay(self._send), name="bells-send"),
            asyncio.create_task(self._stay(self._listen), name="bells-listen"),
        ]

    async def stop(self) -> None:
        self._stopped.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def ring(self, names: Iterable[str]) -> None:
        """Wake whoever waits for these names elsewhere."""
        self._pending |= set(names)
        if self._pending:
            self._rung.set()

    async def _stay(self, work: Callable[[AsyncConnection[Any]], Awaitable[None]]) -> None:
        """Do it on a connection, and on another when that is lost."""
        options: dict[str, Any] = dict(POSTGRES_CONNECT_ARGS)
        while not self._stopped.is_set():
            with suppress(Error, OSError):
                async with await AsyncConnection.connect(self._address, autocommit=True, **options) as connection:
                    await work(connection)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), TRY_AGAIN_S)

    async def _send(self, connection: AsyncConnection[Any]) -> None:
        self._own = connection.info.backend_pid
        asked = float("-inf")
        loop = asyncio.get_running_loop()
        while True:
            if loop.time() - asked >= ASK_CLOCK_S:
                asked = loop.time()
                await self._ask_clock(connection)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._rung.wait(), ASK_CLOCK_S)
            self._rung.clear()
            pending, self._pending = self._pending, set()
            for payload in _payloads(sorted(pending)):
                await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))

    async def _ask_clock(self, connection: AsyncConnection[Any]) -> None:
        before = self._wall()
        row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
        after = self._wall()
        assert row is not None
        theirs: datetime = row[0]
        self._told(theirs.timestamp() - (before + after) / 2, after - before)

    async def _listen(self, connection: AsyncConnection[Any]) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        async for notice in connection.notifies():
            if notice.pid != self._own:
                self._heard(frozenset(json.loads(notice.payload)))


def _payloads(names: Iterable[str]) -> Iterator[str]:
    """JSON lists, none of them too long."""
    some: list[str] = []
    size = 2
    for name in names:
        size += len(name) + 4
        if size > MOST_BYTES:
            yield json.dumps(some)
            some, size = [], len(name) + 6
        some.append(name)
    if some:
        yield json.dumps(some)
