"""Incoming SMS. The sender's identity is not proven."""

from __future__ import annotations

from aiohttp import web

from wakeup.telephony import twiml
from wakeup.telephony.inbound import message_in
from wakeup.usecases.store import Lane
from wakeup.usecases.texts.receive_reply import receive_reply
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS
from wakeup.web.voice.access import read_signed_form
from wakeup.web.voice.callbacks import in_time
from wakeup.web.voice.turns import xml_response


async def message(request: web.Request) -> web.Response:
    """Take an SMS to one of our numbers. A reply goes out as an SMS of its own, which is counted and capped."""
    parts = request.app[PARTS]
    received = message_in(await read_signed_form(request))
    taken_as = await in_time(parts.store.run(receive_reply, received, parts.now(), lane=Lane.DECIDE))
    note(request, message=received.message_sid, taken_as=taken_as)
    parts.metrics.replies.labels(taken_as).inc()
    return xml_response(twiml.empty())
