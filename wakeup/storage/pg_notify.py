"""Wake-ups between the processes on one PostgreSQL: NOTIFY outside any transaction, LISTEN on its own connection.

Nothing depends on a notification: the facts are in the tables, and every loop also looks for work from time to
time. Names that are added while a NOTIFY is under way are sent with the next one, so a flood of commits costs only
a few notifications.
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
MAX_BYTES = 7_000
"""PostgreSQL limits the payload of a notification to less than 8,000 bytes."""
TRY_AGAIN_S = 1.0
ASK_CLOCK_S = 10.0
OnNames = Callable[[frozenset[str]], None]
"""Called in the event loop with the names that another process notified. Must not block."""
OnClock = Callable[[float, float], None]
"""Called with the database clock minus our clock, and the duration of the query, both in seconds."""


class PgNotify:
    """Sends and receives the notifications of one process. `publish` never blocks; while there is no connection,
    names are kept until the next one."""

    def __init__(
        self,
        url: str,
        wall: Callable[[], float],
        on_names: OnNames,
        on_clock: OnClock,
        *,
        on_listening: Callable[[], None],
        on_error: Callable[[str], None],
    ) -> None:
        """`on_listening` is called each time listening begins, because notifications sent before that were missed.
        `on_error` is called with the name of what went wrong, which contains no foreign text."""
        self._on_listening, self._on_error = on_listening, on_error
        self._address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._wall, self._on_names, self._on_clock = wall, on_names, on_clock
        self._pending: set[str] = set()
        self._added = asyncio.Event()
        self._stopped = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._own: int | None = None
        """Backend process id of the sending connection, so that our own notifications are ignored. After the
        connection is lost, another backend may get the same number."""

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._stay(self._send), name="pg-notify-send"),
            asyncio.create_task(self._stay(self._listen), name="pg-notify-listen"),
        ]

    async def stop(self) -> None:
        self._stopped.set()
        while going := [task for task in self._tasks if not task.done()]:
            # One cancel may not be enough: a wait that ends at the same moment swallows it (asyncio.wait_for,
            # Python 3.11).
            for task in going:
                task.cancel()
            await asyncio.wait(going, timeout=TRY_AGAIN_S)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def publish(self, names: Iterable[str]) -> None:
        """Notify these names to the other processes."""
        self._pending |= set(names)
        if self._pending:
            self._added.set()

    async def _stay(self, work: Callable[[AsyncConnection[Any]], Awaitable[None]]) -> None:
        """Run `work` on a connection, and on a new connection when that one is lost."""
        options: dict[str, Any] = dict(POSTGRES_CONNECT_ARGS)
        while not self._stopped.is_set():
            try:
                async with await AsyncConnection.connect(self._address, autocommit=True, **options) as connection:
                    await work(connection)
            except (Error, OSError):
                pass
            except Exception as error:  # noqa: BLE001 - any error: the connection must be opened again
                self._on_error(type(error).__name__)
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
                await asyncio.wait_for(self._added.wait(), ASK_CLOCK_S)
            self._added.clear()
            pending, self._pending = self._pending, set()
            try:
                for payload in _payloads(sorted(pending)):
                    await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
            except Error:
                # Some may have been sent already. A second wake-up does no harm.
                self.publish(pending)
                raise

    async def _ask_clock(self, connection: AsyncConnection[Any]) -> None:
        before = self._wall()
        row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
        after = self._wall()
        assert row is not None
        theirs: datetime = row[0]
        self._on_clock(theirs.timestamp() - (before + after) / 2, after - before)

    async def _listen(self, connection: AsyncConnection[Any]) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        self._on_listening()
        async for notice in connection.notifies():
            if notice.pid == self._own:
                continue
            if names := _names(notice.payload):
                self._on_names(names)
            else:
                self._on_error("payload")


def _names(payload: str) -> frozenset[str]:
    """Return the names in a payload. Empty if it is malformed, because any database user may NOTIFY."""
    try:
        names = json.loads(payload)
    except ValueError:
        return frozenset()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return frozenset()
    return frozenset(names)


def _payloads(names: Iterable[str]) -> Iterator[str]:
    """Split the names into JSON lists of at most MAX_BYTES bytes."""
    some: list[str] = []
    size = 2
    for name in names:
        size += len(name) + 4
        if size > MAX_BYTES:
            yield json.dumps(some)
            some, size = [], len(name) + 6
        some.append(name)
    if some:
        yield json.dumps(some)
