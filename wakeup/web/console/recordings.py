"""The audio for the recording player: fetched with our own credentials, served only here, each play recorded."""

from __future__ import annotations

from aiohttp import web

from wakeup.domain.errors import RemoteError
from wakeup.usecases.desk.play_recording import listen
from wakeup.web.console.context import CONTEXT
from wakeup.web.console.orders import order_of
from wakeup.web.console.submitting import run
from wakeup.web.problems import Refusal


async def play(request: web.Request) -> web.Response:
    """Return the whole recording. Parts of it would be played without being counted."""
    sid = request.match_info["sid"]
    await run(request, listen, order_of(request), sid)
    try:
        audio = await request.app[CONTEXT].console.recording(sid)
    except RemoteError:
        raise Refusal(503, "the recording is not available from the phone company now") from None
    if audio is None:
        raise web.HTTPNotFound
    return web.Response(body=audio, content_type="audio/wav")
