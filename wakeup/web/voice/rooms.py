"""The conference in which a customer waits for an agent: hold announcements, and participants who enter and leave."""

from __future__ import annotations

from aiohttp import web

from wakeup.domain.ids import AttemptId
from wakeup.telephony import twiml
from wakeup.telephony.inbound import room_event
from wakeup.telephony.urls import Purpose
from wakeup.usecases.agents.room_events import record_room_event
from wakeup.usecases.store import Lane
from wakeup.web.background import BACKGROUND
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS
from wakeup.web.voice.access import read_tagged_form
from wakeup.web.voice.callbacks import NO_CONTENT, in_time
from wakeup.web.voice.turns import xml_response


async def hold(request: web.Request) -> web.Response:
    """Return the hold announcement. Needs no query, because it is the same for all who wait."""
    await read_tagged_form(request, Purpose.HOLD, "attempt", "turn")
    parts = request.app[PARTS]
    note(request, attempt=request.match_info["attempt"])
    return xml_response(twiml.hold(parts.words("hold", request.query.get("lang", "en"))))


async def event(request: web.Request) -> web.Response:
    """Take a participant's entry or exit. An unknown participant is hung up, because they could listen."""
    parts = request.app[PARTS]
    form = await read_tagged_form(request, Purpose.ROOM, "attempt", "turn")
    told = room_event(form)
    attempt = AttemptId(request.match_info["attempt"])
    note(request, attempt=attempt, call=told.call_sid, room_event=told.event)
    stranger = await in_time(
        parts.store.run(record_room_event, attempt, told, parts.now(), lane=Lane.DECIDE),
    )
    if stranger is not None:
        parts.metrics.stranger_calls.inc()
        request.app[BACKGROUND].start("hang_up", parts.phone.hang_up(stranger), attempt=attempt, call=stranger)
    return web.Response(status=NO_CONTENT)
