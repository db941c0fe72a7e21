"""Tells the bank's app whether we are calling the customer. The call code is shown only during our automated call."""

from __future__ import annotations

from aiohttp import web

from wakeup.bank.responses import CallStatus
from wakeup.domain.ids import CustomerId
from wakeup.usecases.intake import queries
from wakeup.web.api.access import authenticate
from wakeup.web.api.query import Query, path_id
from wakeup.web.api.responses import json_response
from wakeup.web.clients import Scope

LANGUAGES = ("en", "zh")
CODE, ANSWERED, RINGING, WATCHED, NOBODY = "code", "answered", "ringing", "watched", "nobody"
ENDING = "ending"
WORDS = {
    "en": {
        CODE: "Only our automated voice reads this code; anyone else quoting it is a scammer. Nobody asks you to type "
        "it.",
        ANSWERED: "Our automated voice is on the line. If you are on this call, confirm it here and compare the code.",
        RINGING: "Our automated voice is ringing you now. The code appears here once you have answered.",
        # Shown from the moment our last words are served. They are heard for up to half a minute after it, and give
        # advice, so nothing here may say that the voice on the line is not ours.
        ENDING: "Our automated voice is ending this call and reads no code any more; anyone who quotes one now is a "
        "scammer. Once it has finished speaking, hang up.",
        WATCHED: "Somebody may be watching your screen, so no code is shown. Stop sharing it, hang up, and dial the "
        "number on the back of your card.",
        # A colleague's promised call is not a live attempt of the system, so this sentence must not call them a
        # scammer.
        NOBODY: "Our automated voice is not calling you now. If somebody says they are from us, hang up and dial the "
        "number on your card: the bank will put you through.",
    },
    "zh": {
        CODE: "只有我们的自动语音会念出这个核对码；其他任何人说出它，都是骗子。没有人会要您输入它。",
        ANSWERED: "我们的自动语音正在与您通话。如果是您本人在接听，请在这里确认，然后比对核对码。",
        RINGING: "我们的自动语音正在给您打电话。接听之后，这里会显示核对码。",
        ENDING: "我们的自动语音正在结束通话，不会再念核对码；现在谁再说出核对码，谁就是骗子。等它说完，请您挂断。",
        WATCHED: "您的屏幕可能正被别人看到，所以不显示核对码。请停止共享屏幕，挂断电话，再拨打银行卡背面的号码。",
        NOBODY: "我们的自动语音现在没有给您打电话。要是有人自称是我们，请挂断，自己拨银行卡背面的号码，"
        "请银行帮您转接。",
    },
}


async def call_status(request: web.Request) -> web.Response:
    parts = authenticate(request, Scope.READ_CALL_STATUS)
    query = Query(request)
    confirmed = query.truth("confirmed")
    shared, controlled = query.truth("screen_share"), query.truth("remote_control")
    language = query.one_of("language", LANGUAGES)
    query.close()
    user_id = path_id(request)
    status = await parts.store.read(queries.call_status, CustomerId(user_id))
    state = _state(status, confirmed=confirmed, watched=shared or controlled)
    answer = CallStatus(
        user_id=user_id,
        calling=status.calling,
        call_code=status.call_code if state == CODE else None,
        started_at=status.started_at,
        say=WORDS[language][state],
    )
    return json_response(answer)


def _state(status: queries.CallStatus, *, confirmed: bool, watched: bool) -> str:
    if not status.calling:
        return NOBODY
    if watched:
        return WATCHED
    if not status.answered:
        return RINGING
    if status.call_code is None:
        return ENDING
    return CODE if confirmed else ANSWERED
