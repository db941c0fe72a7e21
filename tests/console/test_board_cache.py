"""One query serves all viewers of the board, and the board never shows a state older than the newest commit."""

from __future__ import annotations

import asyncio
from typing import Any

from wakeup.usecases.repositories.views import Wanted
from wakeup.web.console.board_cache import FRESH_S, Boards


def test_a_reading_is_shared_for_a_moment_and_not_across_a_commit() -> None:
    async def story() -> list[Any]:
        now, read = [0.0], iter(range(9))

        async def read_new(_wanted: Wanted) -> Any:
            return next(read)

        boards = Boards(read_new, lambda: now[0])
        told = list(await asyncio.gather(boards.read(Wanted()), boards.read(Wanted())))
        now[0] += FRESH_S / 2
        told.append(await boards.read(Wanted()))
        boards.woken.set()
        told += [await boards.read(Wanted()), await boards.read(Wanted())]
        now[0] += 2 * FRESH_S
        told.append(await boards.read(Wanted()))
        return told

    assert asyncio.run(story()) == [0, 0, 0, 1, 1, 2]
