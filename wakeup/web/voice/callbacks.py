"""The phone provider's callbacks about a call or a message: stored, answered with 204, and acted upon afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from aiohttp import web

from wakeup.domain.ids import AttemptId, SmsId
from wakeup.telephony.inbound import call_report, detection, message_report, recording_made
from wakeup.telephony.twiml import render
from wakeup.telephony.urls import Purpose
from wakeup.usecases.conversation.converse import record_detection
from wakeup.usecases.conversation.recording_consent import keep_recording
from wakeup.usecases.dispatch.record_progress import record_progress
from wakeup.usecases.store import Lane
from wakeup.usecases.texts.text_receipts import record_receipt
from wakeup.web.background import BACKGROUND
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS
from wakeup.web.problems import DOWN_RETRY_AFTER_S, Refusal
from wakeup.web.voice.access import outbound_call, read_tagged_form
from wakeup.web.voice.turns import DEADLINE_SECONDS

T = TypeVar("T")
NO_CONTENT = 204


async def status(request: web.Request) -> web.Response:
    """Take a call's progress. A call that is not its attempt's own is hung up."""
    parts = request.app[PARTS]
    form = await read_tagged_form(request, Purpose.STATUS, "attempt")
    outbound_call(form)
    report = call_report(form)
    attempt = AttemptId(request.match_info["attempt"])
    note(request, attempt=attempt, call=report.call_sid, call_event=report.event.value, disposition=report.disposition)
    stranger = await in_time(
        parts.store.run(record_progress, attempt, report, parts.now(), lane=Lane.DECIDE),
    )
    parts.metrics.call_events.labels(report.event.value).inc()
    if stranger is not None:
        parts.metrics.stranger_calls.inc()
        request.app[BACKGROUND].start("hang_up", parts.phone.hang_up(stranger), attempt=attempt, call=stranger)
    return web.Response(status=NO_CONTENT)


async def answered_by(request: web.Request) -> web.Response:
    """Take the answering-machine detector's result. It may replace what the callee hears."""
    parts = request.app[PARTS]
    form = await read_tagged_form(request, Purpose.AMD, "attempt")
    verdict = detection(form).by
    call_sid = call_report(form, "amd").call_sid
    attempt = AttemptId(request.match_info["attempt"])
    note(request, attempt=attempt, call=call_sid, answered_by=verdict.value)
    reply = await in_time(
        parts.store.run(record_detection, attempt, call_sid, verdict, parts.now(), lane=Lane.DECIDE),
    )
    note(request, why=reply.why)
    if reply.turn is not None:
        turn = reply.turn
        url = None if turn.ends else parts.urls.voice(attempt, turn.n + 1)
        document = render(turn, url, parts.recording_url)
        speaking = parts.phone.speak_to_machine(call_sid, document)
        request.app[BACKGROUND].start("speak_to_machine", speaking, attempt=attempt, call=call_sid)
    return web.Response(status=NO_CONTENT)


async def recording(request: web.Request) -> web.Response:
    """Record that a recording is ready."""
    parts = request.app[PARTS]
    form = await read_tagged_form(request, Purpose.RECORDING, "attempt")
    attempt = AttemptId(request.match_info["attempt"])
    call_sid, sid, seconds = recording_made(form)
    note(request, attempt=attempt, call=call_sid, recording=sid)
    if sid is not None:
        await in_time(parts.store.run(keep_recording, attempt, call_sid, sid, seconds, parts.now(), lane=Lane.DISPATCH))
    return web.Response(status=NO_CONTENT)


async def message_status(request: web.Request) -> web.Response:
    """Take a delivery receipt of an SMS that we sent."""
    parts = request.app[PARTS]
    form = await read_tagged_form(request, Purpose.SMS_STATUS, "message")
    report = message_report(form)
    sms = SmsId(request.match_info["message"])
    note(request, sms=sms, message=report.message_sid, progress=report.progress.value, code=report.code)
    await in_time(parts.store.run(record_receipt, sms, report, parts.now(), lane=Lane.DISPATCH))
    parts.metrics.text_events.labels(report.progress.value, report.reason or "").inc()
    return web.Response(status=NO_CONTENT)


async def in_time(work: Awaitable[T]) -> T:
    """Await the work within the deadline. Otherwise raise Refusal: 503, after which the phone provider repeats the
    callback."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await work
    except TimeoutError:
        raise Refusal(503, "the database is slow", headers={"Retry-After": str(DOWN_RETRY_AFTER_S)}) from None
