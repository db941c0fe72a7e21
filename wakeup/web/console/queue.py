"""The review queue, and what keeps its page up to date."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from wakeup.domain.ids import TransferId
from wakeup.usecases.review.queue import Queue, Queued, read_queue
from wakeup.web.console.context import CONTEXT, ConsoleContext, page, piece
from wakeup.web.console.live import Told, stream_of

PARTS_OF_QUEUE = ("counts", "samples")


async def read(context: ConsoleContext) -> Queue:
    return await context.parts.store.read(read_queue, context.parts.now())


async def show(request: web.Request) -> web.Response:
    """Show the cases that wait for a human, the worst first. The page's script keeps them up to date."""
    queue = await read(request.app[CONTEXT])
    return page(request, "queue.html", queue=queue, now=queue.at)


async def stream(request: web.Request) -> web.StreamResponse:
    """Stream the queue as server-sent events. The long query is shared by all browsers for a moment."""
    told, context = Told(), request.app[CONTEXT]

    async def news() -> dict[str, Any]:
        queue = await context.queues.read(None)
        by_id = {one.waiting.transfer_id: one for one in queue.queued}

        def render(name: str) -> str:
            return piece(request, "queue_row.html", one=by_id[TransferId(name)], now=queue.at)

        rows: dict[str, object] = {name: _row(one, queue) for name, one in by_id.items()}
        parts = {name: piece(request, f"queue_{name}.html", queue=queue, now=queue.at) for name in PARTS_OF_QUEUE}
        return told.news(queue.at, rows, render, parts)

    return await stream_of(request, "board", news)


def _row(one: Queued, queue: Queue) -> tuple[Queued, bool]:
    """Return the row, and whether its case is claimed now."""
    until = one.waiting.claimed_until
    return one, until is not None and until > queue.at
