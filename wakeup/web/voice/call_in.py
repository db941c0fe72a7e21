"""Somebody calls our number. Caller ID proves nothing: nobody hears a code or of a case, everybody how to check in the
bank's app, and that they can have a person. What is pressed can only add protection.
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
from wakeup.usecases.call_in import Caller, ask_for_person, greet_call_in, keep_what_is_left
from wakeup.usecases.choosing import pick
from wakeup.usecases.store import Lane
from wakeup.usecases.unit import Unit
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS, Parts
from wakeup.web.voice import agent_line
from wakeup.web.voice.door import signed
from wakeup.web.voice.turns import DEADLINE_SECONDS, xml_response

KEYS, LEFT, WHISPER, ACCEPT = (f"/twilio/call-in/{what}" for what in ("keys", "left", "whisper", "accept"))
PERSON, HOLD, TAKES = "0", "1", "1"
Act = Callable[[Unit, Caller, datetime], bool]


def _said(zh: str, en: str) -> tuple[Utterance, ...]:
    return Utterance(language="zh-CN", text=zh), Utterance(language="en", text=en)


_HELLO = _said(
    "您好,这是银行的自动语音线路。凭来电号码我们无法知道您是谁,所以这里不说任何账户的事。"
    "想知道我们是否给您打过电话,请打开本行APP查看,或挂断后拨打银行卡背面的电话。请不要应任何人的要求转账。",
    "Hello, this is the bank's automated line. Your number does not prove who you are, so nothing about any account is "
    "said here. To see whether we have called you, look in your bank's app, or hang up and dial the number on the back "
    "of your card. Please do not send money because somebody asks you to.",
)
_ASK_PERSON = _said("要找人工,请按0。", "For a person, press 0.")
_ASK_HOLD = _said(
    "这次来电是从APP里拨出的。如果有人在催您,或您想让款项先留着,请按1。",
    "This call was started in the app. If somebody is pressing you, or you want your money to stay where it is, "
    "press 1.",
)
_KEPT = _said(
    "记下了。钱会先留着,会有同事查看。请挂断其他电话,打开本行APP查看。再见。",
    "Noted. Your money stays where it is, and a colleague will look at it. Hang up on everybody else and look in your "
    "bank's app. Goodbye.",
)
_GOODBYE = _said(
    "请打开本行APP查看,或拨打银行卡背面的电话。再见。",
    "Please look in your bank's app, or dial the number on the back of your card. Goodbye.",
)
_NOBODY = _said(
    "现在没有同事能接听。请打开本行APP查看,或拨打银行卡背面的电话。请不要应任何人的要求转账。再见。",
    "No colleague can take your call now. Please look in your bank's app, or dial the number on the back of your card. "
    "Do not send money because somebody asks you to. Goodbye.",
)
_ONE_MOMENT = _said("请稍等,正在为您接通同事。", "One moment please, a colleague is being rung.")
_WHISPER = Utterance(
    language="en",
    text="A call to the bank's own number. Who calls is not proved: check it as you would a stranger. To take it, "
    "press 1.",
)


async def hello(request: web.Request) -> web.Response:
    """What everybody hears; and one choice more for a call that the app has just started."""
    form = await signed(request)
    agent = await agent_line.greeted(request, form)
    if agent is not None:
        return agent
    matched = await _in_books(request, form, greet_call_in)
    words = (*_HELLO, *_ASK_HOLD, *_ASK_PERSON) if matched else (*_HELLO, *_ASK_PERSON)
    turn = Turn(n=0, node="call_in", utterances=words, listen=Listen(timeout_s=8, speech=False))
    return _spoken(request, turn, KEYS)


async def keys(request: web.Request) -> web.Response:
    """Their key. Only what was committed is promised; anything else ends with how to check."""
    form = await signed(request)
    key, parts = text(form, "Digits"), request.app[PARTS]
    if key == PERSON:
        # Who cannot be counted, because of trouble of ours, is put through.
        if await _in_books(request, form, ask_for_person, otherwise=True) and parts.people:
            return _spoken(request, _to_person(), LEFT, _person(parts, form))
        return _spoken(request, _last(_NOBODY))
    if key == HOLD and await _in_books(request, form, keep_what_is_left):
        return _spoken(request, _last(_KEPT))
    return _spoken(request, _last(_GOODBYE))


async def left(request: web.Request) -> web.Response:
    """The colleague has gone, or nobody came."""
    await signed(request)
    return _spoken(request, _last(_GOODBYE))


async def whisper(request: web.Request) -> web.Response:
    """What the colleague hears before they take it."""
    second_leg(await signed(request))
    parts = request.app[PARTS]
    connect = Connect(whisper=_WHISPER, key=TAKES, ring_s=20, n=0)
    return xml_response(twiml.whisper(connect, parts.urls.public(ACCEPT), parts.voices))


async def accept(request: web.Request) -> web.Response:
    """Their key. An empty document joins the two; a voicemail presses nothing."""
    form = await signed(request)
    second_leg(form)
    return xml_response(twiml.empty() if text(form, "Digits") == TAKES else twiml.hangup())


async def _in_books(request: web.Request, form: Form, use_case: Act, *, otherwise: bool = False) -> bool:
    """What the use case says. Trouble of ours is no reason to leave somebody without a word: then it is `otherwise`."""
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


def _to_person() -> Turn:
    connect = Connect(whisper=_WHISPER, key=TAKES, ring_s=20, n=0)
    return Turn(n=1, node="call_in_person", utterances=_ONE_MOMENT, connect=connect)


def _last(words: tuple[Utterance, ...]) -> Turn:
    return Turn(n=1, node="call_in_end", utterances=words)


def _person(parts: Parts, form: Form) -> twiml.Connection:
    """Another one each call. Our own number is shown to them, never the caller's."""
    who = parts.people[pick(text(form, "CallSid"), len(parts.people))]
    return twiml.Connection(number=who, caller_id=text(form, "To"), whisper_url=parts.urls.public(WHISPER))


def _spoken(
    request: web.Request, turn: Turn, to: str | None = None, connection: twiml.Connection | None = None
) -> web.Response:
    parts = request.app[PARTS]
    url = None if to is None else parts.urls.public(to)
    return xml_response(twiml.render(turn, url, parts.voices, connection=connection))
