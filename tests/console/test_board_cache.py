"""One query serves all viewers of the board, and the board never shows a state older than the newest commit."""

from __future__ import annotations

import asyncio
from typing import Any

from wakeup.usecases.repositories.views import Wanted
from wakeup.web.console.app import BOARD_FRESH_S as FRESH_S
from wakeup.web.console.app import MOST_BOARDS
from wakeup.web.console.shared_reads import SharedReads


def test_a_reading_is_shared_for_a_moment_and_not_across_a_commit() -> None:
    async def story() -> list[Any]:
        now, read = [0.0], iter(range(9))

        async def read_new(_wanted: Wanted) -> Any:
            return next(read)

        boards = SharedReads(read_new, lambda: now[0], FRESH_S, MOST_BOARDS)
        told = list(await asyncio.gather(boards.read(Wanted()), boards.read(Wanted())))
        now[0] += FRESH_S / 2
        told.append(await boards.read(Wanted()))
        boards.woken.set()
        told += [await boards.read(Wanted()), await boards.read(Wanted())]
        now[0] += 2 * FRESH_S
        told.append(await boards.read(Wanted()))
        return told

    assert asyncio.run(story()) == [0, 0, 0, 1, 1, 2]


def test_a_reading_that_a_commit_overtook_is_kept_for_nobody() -> None:
    async def story() -> list[Any]:
        readings: list[asyncio.Future[str]] = []

        async def read_new(_wanted: Wanted) -> str:
            readings.append(asyncio.get_running_loop().create_future())
            return await readings[-1]

        boards = SharedReads(read_new, lambda: 0.0, FRESH_S, MOST_BOARDS)
        before = asyncio.create_task(boards.read(Wanted()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        boards.woken.set()
        after = asyncio.create_task(boards.read(Wanted()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        readings[0].set_result("before")
        told = [await before]
        joins = asyncio.create_task(boards.read(Wanted()))
        await asyncio.sleep(0)
        readings[1].set_result("after")
        return [*told, await after, await joins, len(readings)]

    assert asyncio.run(story()) == ["before", "after", "after", 2]
