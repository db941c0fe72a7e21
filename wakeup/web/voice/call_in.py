"""Incoming calls to our number.

Caller ID proves nothing. So no caller hears a code or anything about a case; every caller hears how to check in
the bank's app, and that they can speak to a person. A pressed key can only add protection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from wakeup.domain.errors import WakeupError
from wakeup.ivr.turn import Connect, Listen, Turn, Utterance
from wakeup.telephony import twiml
from wakeup.telephony.fields import Form, text
from wakeup.telephony.inbound import BadFormError, caller_in, second_leg
from wakeup.usecases.choosing import pick
from wakeup.usecases.conversation.call_in import Caller, ask_for_person, keep_on_hold, match_call_in
from wakeup.usecases.store import Lane
from wakeup.usecases.unit import Unit
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS, Parts
from wakeup.web.voice import agent_line
from wakeup.web.voice.access import read_signed_form
from wakeup.web.voice.turns import DEADLINE_SECONDS, xml_response

KEYS, LAST_KEYS, LEFT, WHISPER, ACCEPT = (
    f"/twilio/call-in/{what}" for what in ("keys", "last-keys", "left", "whisper", "accept")
)
PERSON, HOLD, TAKES = "0", "1", "1"
Act = Callable[[Unit, Caller, datetime], bool]


BOTH = ("zh-CN", "en")
"""The caller's language is not known yet, so they hear both, one after the other."""


async def hello(request: web.Request) -> web.Response:
    """Answer with the common greeting. A call that the app has just announced gets one more choice."""
    form = await read_signed_form(request)
    agent = await agent_line.greeted(request, form)
    return await _greeted(request, form, KEYS) if agent is None else agent


async def keys(request: web.Request) -> web.Response:
    """Take the caller's key. A caller who pressed none, perhaps looking for their glasses, hears everything once
    more."""
    form = await read_signed_form(request)
    return await _taken(request, form) if text(form, "Digits") else await _greeted(request, form, LAST_KEYS)


async def last_keys(request: web.Request) -> web.Response:
    """Take the caller's key, or the absence of one for the second time."""
    return await _taken(request, await read_signed_form(request))


async def _greeted(request: web.Request, form: Form, to: str) -> web.Response:
    matched = await _for_caller(request, form, match_call_in)
    said = ("in_hello", "in_hold") if matched else ("in_hello",)
    turn = Turn(
        n=0, node="call_in", utterances=_words(request.app[PARTS], *said), listen=Listen(timeout_s=8, speech=False)
    )
    return _spoken(request, turn, to)


async def _taken(request: web.Request, form: Form) -> web.Response:
    """Act on the key. Only what was committed is promised; any other call ends with how to check."""
    key, parts = text(form, "Digits"), request.app[PARTS]
    if key == PERSON:
        # A caller who cannot be counted because of a fault on our side is put through.
        if await _for_caller(request, form, ask_for_person, otherwise=True) and parts.colleagues:
            return _spoken(request, _to_person(parts), LEFT, _person(parts, form))
        return _spoken(request, _last(parts, "in_nobody"))
    if key == HOLD and await _for_caller(request, form, keep_on_hold):
        return _spoken(request, _last(parts, "in_kept"))
    return _spoken(request, _last(parts, "in_goodbye"))


async def left(request: web.Request) -> web.Response:
    """End the call after the colleague has left, or none has answered."""
    await read_signed_form(request)
    return _spoken(request, _last(request.app[PARTS], "in_goodbye"))


async def whisper(request: web.Request) -> web.Response:
    """Speak to the colleague before they take the call."""
    second_leg(await read_signed_form(request))
    parts = request.app[PARTS]
    said = _words(parts, "in_whisper")
    return xml_response(twiml.whisper(said, parts.urls.public(ACCEPT)))


async def accept(request: web.Request) -> web.Response:
    """Take the colleague's key. An empty document joins the two calls; a voicemail presses no key."""
    form = await read_signed_form(request)
    second_leg(form)
    return xml_response(twiml.empty() if text(form, "Digits") == TAKES else twiml.hangup())


async def _for_caller(request: web.Request, form: Form, use_case: Act, *, otherwise: bool = False) -> bool:
    """Return the use case's result, or `otherwise` after a fault on our side, which must not leave the caller in
    silence."""
    parts = request.app[PARTS]
    try:
        caller = caller_in(form)
    except BadFormError:
        return otherwise
    if caller is None:
        return False
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            matched = await parts.store.run(use_case, caller, parts.now(), lane=Lane.DECIDE)
    except (WakeupError, TimeoutError) as error:
        parts.log.warning("call_in_unmatched", fault=type(error).__name__)
        return otherwise
    note(request, call=caller.call_sid, matched=matched)
    return matched


def _words(parts: Parts, *said: str) -> tuple[Utterance, ...]:
    """All sentences in one language, then all in the other."""
    return tuple(one for language in BOTH for what in said for one in parts.words(what, language))


def _to_person(parts: Parts) -> Turn:
    # The words for the colleague are fetched from WHISPER.
    connect = Connect(whisper=Utterance(text="", language=BOTH[0]), key=TAKES, ring_s=20, n=0)
    return Turn(n=1, node="call_in_person", utterances=_words(parts, "in_moment"), connect=connect)


def _last(parts: Parts, what: str) -> Turn:
    return Turn(n=1, node="call_in_end", utterances=_words(parts, what))


def _person(parts: Parts, form: Form) -> twiml.Connection:
    """Choose a colleague by the call. They see our own number, never the caller's."""
    who = parts.colleagues[pick(text(form, "CallSid"), len(parts.colleagues))]
    return twiml.Connection(number=who, caller_id=text(form, "To"), whisper_url=parts.urls.public(WHISPER))


def _spoken(
    request: web.Request, turn: Turn, to: str | None = None, connection: twiml.Connection | None = None
) -> web.Response:
    parts = request.app[PARTS]
    url = None if to is None else parts.urls.public(to)
    return xml_response(twiml.render(turn, url, connection=connection))
