"""Turns of a call: the phone provider reports the callee's input, we answer with the next TwiML. The callee never
hears an error."""

from __future__ import annotations

import asyncio

from aiohttp import web

from wakeup.domain.errors import StoreBusyError, StoreDownError
from wakeup.domain.ids import AttemptId
from wakeup.ivr.turn import Turn
from wakeup.telephony import twiml
from wakeup.telephony.fields import Form
from wakeup.telephony.inbound import turn_input
from wakeup.telephony.rooms import Waiting
from wakeup.telephony.twiml import apology, hangup, render
from wakeup.telephony.urls import Purpose
from wakeup.usecases.choosing import pick
from wakeup.usecases.conversation.converse import Reply, Served, converse
from wakeup.usecases.conversation.missed_recordings import expect_recording
from wakeup.usecases.inputs import Line
from wakeup.usecases.store import Lane
from wakeup.web.background import BACKGROUND
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS, Parts
from wakeup.web.voice import retry_turn
from wakeup.web.voice.access import outbound_call, read_tagged_form

DEADLINE_SECONDS = 4.0
"""Time limit of the Store in real seconds. The phone provider waits 5 s for a turn, and the callee hears nothing
meanwhile."""
XML_TYPE = "text/xml"


async def turn(request: web.Request) -> web.Response:
    """Return the TwiML of turn n."""
    parts = request.app[PARTS]
    begun = parts.monotonic()
    form = await read_tagged_form(request, Purpose.VOICE, "attempt", "turn")
    call = outbound_call(form)
    attempt, n = AttemptId(request.match_info["attempt"]), int(request.match_info["turn"])
    note(request, attempt=attempt, turn=n, call=call.call_sid)
    given = turn_input(retry_turn.with_kept_act(form, request.query), n)
    line = Line(call_sid=call.call_sid, to=call.to, from_=call.from_)
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            reply = await parts.store.run(converse, attempt, n, line, given, parts.now(), lane=Lane.DECIDE)
        document = _document(parts, attempt, reply, call.from_)
    except Exception as error:  # noqa: BLE001 - the callee must hear a sentence after any error
        document = _in_trouble(request, attempt, n, form, error)
    else:
        _count(request, reply)
        if reply.record:
            recording = _record(parts, call.call_sid, attempt)
            request.app[BACKGROUND].start("record", recording, attempt=attempt, call=call.call_sid)
    parts.metrics.turn_seconds.observe(parts.monotonic() - begun)
    return xml_response(document)


async def fallback(request: web.Request) -> web.Response:
    """Return the static goodbye that the provider fetches when it could not get a turn. Does not use the Store."""
    parts = request.app[PARTS]
    form = await read_tagged_form(request, Purpose.FALLBACK, "attempt")
    call = outbound_call(form)
    note(request, attempt=request.match_info["attempt"], call=call.call_sid)
    parts.metrics.turns.labels("fallback").inc()
    return xml_response(apology())


async def _record(parts: Parts, call_sid: str, attempt: AttemptId) -> None:
    """Begin the recording, and store its SID at once: the report of its end may be lost."""
    sid = await parts.phone.record(call_sid, attempt)
    if sid is not None:
        await parts.store.run(expect_recording, attempt, sid, parts.now(), lane=Lane.DISPATCH)


def xml_response(document: str) -> web.Response:
    return web.Response(body=document.encode(), content_type=XML_TYPE, charset="utf-8")


def _document(parts: Parts, attempt: AttemptId, reply: Reply, ours: str) -> str:
    turn = reply.turn
    if turn is None:
        return hangup()
    url = None if turn.ends else retry_turn.action_url(parts.urls, attempt, turn.n + 1, turn.language)
    connection, waiting = _connection(parts, attempt, turn, ours), _waiting(parts, attempt, reply, turn)
    return render(turn, url, parts.recording_url, connection, waiting)


def _waiting(parts: Parts, attempt: AttemptId, reply: Reply, turn: Turn) -> Waiting | None:
    """Return the waiting parameters for a customer who waits for an agent, and for the agent. None when a guardian
    and the customer meet, as they wait within our own script."""
    if turn.room is None or not (turn.room.hold or reply.agent):
        return None
    urls = parts.urls
    return Waiting(hold_url=urls.hold(attempt, turn.n, turn.language), events_url=urls.room(attempt, turn.n))


def _connection(parts: Parts, attempt: AttemptId, turn: Turn, ours: str) -> twiml.Connection | None:
    """Return who is called in this turn, or None. Each turn calls the next colleague, and not all callees start
    with the same one."""
    if turn.connect is None or not parts.colleagues:
        return None
    who = (pick(attempt, len(parts.colleagues)) + turn.connect.n) % len(parts.colleagues)
    return twiml.Connection(
        number=parts.colleagues[who], caller_id=ours, whisper_url=parts.urls.whisper(attempt, turn.n)
    )


def _count(request: web.Request, reply: Reply) -> None:
    metrics = request.app[PARTS].metrics
    metrics.turns.labels(reply.why).inc()
    if reply.why is Served.STRANGER:
        metrics.stranger_calls.inc()
    note(request, why=reply.why, node=None if reply.turn is None else reply.turn.node)


def _in_trouble(request: web.Request, attempt: AttemptId, n: int, form: Form, error: Exception) -> str:
    parts = request.app[PARTS]
    note(request, why="trouble", fault=type(error).__name__)
    parts.metrics.turns.labels("trouble").inc()
    if isinstance(error, TimeoutError | StoreDownError | StoreBusyError):
        parts.log.warning("turn_delayed", attempt=attempt, turn=n, fault=type(error).__name__)
    else:
        parts.log.error("turn_failed", attempt=attempt, turn=n, exc_info=error)
    return retry_turn.document(parts.urls, attempt, n, form, request.query)
