"""A colleague is called for a callee: what the colleague hears, and the key with which they take the call."""

from __future__ import annotations

import asyncio

from aiohttp import web

from wakeup.domain.ids import AttemptId
from wakeup.telephony import twiml
from wakeup.telephony.fields import Form, text
from wakeup.telephony.inbound import second_leg
from wakeup.telephony.urls import Purpose
from wakeup.usecases.conversation.colleague_call import SecondLeg, hear_whisper, take_call
from wakeup.usecases.store import Lane
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS, Parts
from wakeup.web.voice.access import read_tagged_form
from wakeup.web.voice.turns import DEADLINE_SECONDS, xml_response


async def whisper(request: web.Request) -> web.Response:
    """Speak to the colleague. If no callee waits any more, hang up without a word."""
    parts = request.app[PARTS]
    attempt, n, _, leg = await _asked(request, Purpose.WHISPER)
    document = twiml.hangup()
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            connect = await parts.store.run(hear_whisper, attempt, n, leg, parts.now(), lane=Lane.DECIDE)
        if connect is not None:
            document = twiml.whisper((connect.whisper, connect.whisper), parts.urls.accept(attempt, n))
    except Exception as error:  # noqa: BLE001 - hang up on the colleague, and another is tried
        _log(parts, "whisper_failed", attempt, n, error)
    return xml_response(document)


async def accept(request: web.Request) -> web.Response:
    """Take the colleague's key. An empty document joins the two calls; any other key, or an error, does not."""
    parts = request.app[PARTS]
    attempt, n, form, leg = await _asked(request, Purpose.ACCEPT)
    document = twiml.hangup()
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            key = text(form, "Digits")
            if await parts.store.run(take_call, attempt, n, leg, key, parts.now(), lane=Lane.DECIDE):
                document = twiml.empty()
    except Exception as error:  # noqa: BLE001 - as above
        _log(parts, "accept_failed", attempt, n, error)
    return xml_response(document)


async def _asked(request: web.Request, purpose: Purpose) -> tuple[AttemptId, int, Form, SecondLeg]:
    form = await read_tagged_form(request, purpose, "attempt", "turn")
    attempt, n = AttemptId(request.match_info["attempt"]), int(request.match_info["turn"])
    leg = second_leg(form)
    note(request, attempt=attempt, turn=n, call=leg.call_sid)
    return attempt, n, form, leg


def _log(parts: Parts, event: str, attempt: AttemptId, n: int, error: Exception) -> None:
    parts.log.error(event, attempt=attempt, turn=n, exc_info=error)
