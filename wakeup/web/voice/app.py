"""The public listener: `/twilio`, and nothing else."""

from __future__ import annotations

from aiohttp import web

from wakeup.web.background import BACKGROUND, Background
from wakeup.web.connection_filter import HEAD_FILTER
from wakeup.web.middleware import request_middleware
from wakeup.web.parts import PARTS, Parts
from wakeup.web.voice import agent_line, audio, call_in, callbacks, colleagues, inbound_sms, rooms, turns
from wakeup.web.voice.access import FORM_LIMIT
from wakeup.web.voice.head_filter import head_filter

HELLO, SMS = "/twilio/voice/inbound", "/twilio/sms/inbound"
FIXED = (HELLO, SMS, call_in.KEYS, call_in.LAST_KEYS, call_in.LEFT, call_in.WHISPER, call_in.ACCEPT)
"""Paths without a tag: the first two are given to the phone company by hand."""


def public_app(parts: Parts) -> web.Application:
    """Build the application that the phone provider reaches.

    Serve it with `Listener(app)`, so that a callback is processed to the end even if its sender has left.
    """
    app = web.Application(client_max_size=FORM_LIMIT, middlewares=[request_middleware(parts, to_strangers=True)])
    background = Background(parts)
    app[PARTS], app[BACKGROUND], app[HEAD_FILTER] = parts, background, head_filter(parts, FIXED)
    app.on_cleanup.append(background.close)
    app.router.add_post(HELLO, call_in.hello)
    app.router.add_post(agent_line.DIGITS, agent_line.digits)
    app.router.add_post(agent_line.STATE, agent_line.state)
    app.router.add_post(call_in.KEYS, call_in.keys)
    app.router.add_post(call_in.LAST_KEYS, call_in.last_keys)
    app.router.add_post(call_in.LEFT, call_in.left)
    app.router.add_post(call_in.WHISPER, call_in.whisper)
    app.router.add_post(call_in.ACCEPT, call_in.accept)
    app.router.add_post(r"/twilio/voice/{attempt}/{turn:\d{1,4}}/{tag}", turns.turn)
    app.router.add_post(r"/twilio/whisper/{attempt}/{turn:\d{1,4}}/{tag}", colleagues.whisper)
    app.router.add_post(r"/twilio/accept/{attempt}/{turn:\d{1,4}}/{tag}", colleagues.accept)
    app.router.add_post(r"/twilio/hold/{attempt}/{turn:\d{1,4}}/{tag}", rooms.hold)
    app.router.add_post(r"/twilio/room/{attempt}/{turn:\d{1,4}}/{tag}", rooms.event)
    app.router.add_post("/twilio/fallback/{attempt}/{tag}", turns.fallback)
    app.router.add_post("/twilio/status/{attempt}/{tag}", callbacks.status)
    app.router.add_post("/twilio/amd/{attempt}/{tag}", callbacks.answered_by)
    app.router.add_post("/twilio/recording/{attempt}/{tag}", callbacks.recording)
    app.router.add_get("/twilio/audio/{name}", audio.recording, allow_head=False)
    app.router.add_post(SMS, inbound_sms.message)
    app.router.add_post("/twilio/sms/status/{message}/{tag}", callbacks.message_status)
    return app
