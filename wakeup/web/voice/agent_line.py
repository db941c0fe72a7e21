"""An agent calls our number, enters a PIN and then sets their state. All other callers hear the usual greeting."""

from __future__ import annotations

import asyncio

from aiohttp import web

from wakeup.domain.errors import WakeupError
from wakeup.domain.staff import StaffId
from wakeup.ivr.turn import Listen, Turn, Utterance
from wakeup.telephony import twiml
from wakeup.telephony.fields import Form, text
from wakeup.telephony.urls import Purpose
from wakeup.usecases.agents.agents import PIN_DIGITS, set_state
from wakeup.usecases.desk.agent_line import KEYS, MayBe, prove, whose_line
from wakeup.usecases.store import Lane
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS
from wakeup.web.problems import Refusal
from wakeup.web.voice.access import read_signed_form
from wakeup.web.voice.turns import DEADLINE_SECONDS, xml_response

DIGITS = "/twilio/agent-line/digits/{staff}/{language}/{tag}"
STATE = "/twilio/agent-line/state/{staff}/{language}/{tag}"


async def greeted(request: web.Request, form: Form) -> web.Response | None:
    """Return the agent menu if an agent calls; None for all other callers, and while the database is unavailable."""
    parts = request.app[PARTS]
    if text(form, "Direction") != "inbound":
        return None
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            found = await parts.store.read(whose_line, text(form, "From"))
    except (WakeupError, TimeoutError) as error:
        parts.log.warning("agent_line_unknown", fault=type(error).__name__)
        return None
    return None if found is None else _ask(request, form, found, "line_digits", DIGITS, PIN_DIGITS)


async def digits(request: web.Request) -> web.Response:
    """Check the PIN, then offer the choice of states or say goodbye."""
    form, found = await _asked(request, Purpose.LINE_DIGITS)
    parts = request.app[PARTS]
    proved = await parts.store.run(prove, found.staff_id, text(form, "Digits"), parts.now(), lane=Lane.DECIDE)
    note(request, proved=proved)
    if not proved:
        return _last(request, found, "line_wrong")
    return _ask(request, form, found, "line_choose", STATE, 1)


async def state(request: web.Request) -> web.Response:
    """Set the agent's state. Only a caller who entered the PIN in this call was given this URL."""
    form, found = await _asked(request, Purpose.LINE_STATE)
    parts, event = request.app[PARTS], KEYS.get(text(form, "Digits"))
    if event is None:
        return _last(request, found, "line_wrong")
    try:
        await parts.store.run(set_state, found.staff_id, event, parts.now(), "line", lane=Lane.DECIDE)
    except WakeupError:
        return _last(request, found, "line_wrong")
    return _last(request, found, f"line_{event}")


async def _asked(request: web.Request, purpose: Purpose) -> tuple[Form, MayBe]:
    form, match = await read_signed_form(request), request.match_info
    ids = [match["staff"], match["language"], text(form, "CallSid")]
    if not request.app[PARTS].urls.check(purpose, ids, match["tag"]):
        raise Refusal(403)
    return form, MayBe(staff_id=StaffId(match["staff"]), language=match["language"])


def _ask(request: web.Request, form: Form, found: MayBe, what: str, path: str, most: int) -> web.Response:
    parts = request.app[PARTS]
    purpose = Purpose.LINE_DIGITS if path is DIGITS else Purpose.LINE_STATE
    tag = parts.urls.tag(purpose, [found.staff_id, found.language, text(form, "CallSid")])
    url = parts.urls.public(path.format(staff=found.staff_id, language=found.language, tag=tag))
    listen = Listen(timeout_s=10, speech=False, max_digits=most)
    turn = Turn(n=0, node=what, utterances=_words(request, what, found), listen=listen)
    return xml_response(twiml.render(turn, url))


def _last(request: web.Request, found: MayBe, what: str) -> web.Response:
    return xml_response(twiml.render(Turn(n=0, node=what, utterances=_words(request, what, found)), None))


def _words(request: web.Request, what: str, found: MayBe) -> tuple[Utterance, ...]:
    return request.app[PARTS].words(what, found.language)
