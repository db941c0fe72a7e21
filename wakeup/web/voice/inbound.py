"""Calls and messages to our own numbers. Who calls is proved by nothing, so nothing about anybody is said."""

from __future__ import annotations

from aiohttp import web

from wakeup.ivr.turn import Turn, Utterance
from wakeup.telephony import twiml
from wakeup.web.parts import PARTS
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
    """Replies of guardians are a later part: nothing is kept and nothing is sent back."""
    await signed(request)
    return xml_response(twiml.empty())
