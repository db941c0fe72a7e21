"""Calls and messages to our own numbers. Who calls is proved by nothing, so nothing about anybody is said."""

from __future__ import annotations

from aiohttp import web

from wakeup.ivr.turn import Turn, Utterance
from wakeup.telephony import twiml
from wakeup.telephony.inbound import message_in
from wakeup.usecases.store import Lane
from wakeup.usecases.take_reply import take_reply
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS
from wakeup.web.voice.callbacks import in_time
from wakeup.web.voice.door import signed
from wakeup.web.voice.turns import xml_response

_LINE = Turn(
    n=0,
    node="inbound",
    utterances=(
        Utterance(
            language="zh-CN",
            text="您好,这是银行的自动语音线路,不接听来电。如果刚才接到我们的电话,请挂断,再拨打银行卡背面的电话核实。"
            "请不要应任何人的要求转账。",
        ),
        Utterance(
            language="en",
            text="Hello, this is the bank's automated line, and it takes no calls. If we have just called you, hang up "
            "and dial the number on the back of your card. Please do not send money because somebody asks you to.",
        ),
    ),
)


async def voice(request: web.Request) -> web.Response:
    await signed(request)
    return xml_response(twiml.render(_LINE, None, request.app[PARTS].voices))


async def message(request: web.Request) -> web.Response:
    """A text to one of our numbers. What is to be said to it goes out as a text of its own, counted and capped."""
    parts = request.app[PARTS]
    received = message_in(await signed(request))
    taken_as = await in_time(parts.store.run(take_reply, received, parts.now(), lane=Lane.DECIDE))
    note(request, message=received.message_sid, taken_as=taken_as)
    parts.metrics.replies.labels(taken_as).inc()
    return xml_response(twiml.empty())
