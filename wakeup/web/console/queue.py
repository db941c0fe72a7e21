"""The review queue."""

from __future__ import annotations

from aiohttp import web

from wakeup.usecases.review.queue import read_queue
from wakeup.web.console.context import CONTEXT, page


async def show(request: web.Request) -> web.Response:
    """Show the cases that wait for a human, the worst first."""
    parts = request.app[CONTEXT].parts
    queue = await parts.store.read(read_queue, parts.now())
    return page(request, "queue.html", queue=queue)
