"""The phone provider's routes and the operators' routes, operation by operation."""

from __future__ import annotations

from wakeup.web.health_responses import Health, Readiness
from wakeup.web.openapi.operation import (
    CALLBACK_FAULTS,
    FORM,
    HTML,
    JSON,
    TWILIO_FAULTS,
    XML,
    Asked,
    Operation,
    Said,
    Security,
    fault,
)

_TWIML = Said(text="TwiML.", content_type=XML)
_TAKEN = Said(text="Taken; also when its case is long closed.")
_INTERNAL = {500: fault("Our fault. Says nothing more.")}
_TURN_QUERY = (
    Asked(
        name="lang", schema={"type": "string", "enum": ["zh-CN", "en"]}, text="Language of the call, for our excuses."
    ),
    Asked(name="try", schema={"type": "integer", "maximum": 3}, text="How often this turn was tried in vain."),
    Asked(name="keys", schema={"type": "string"}, text="The key pressed before that."),
    Asked(name="recording", schema={"type": "string"}, text="The id of the message recorded before that."),
    Asked(name="seconds", schema={"type": "integer"}, text="How long that message is."),
)


def _hook(path: str, name: str, summary: str, *, twiml: bool, asked: tuple[Asked, ...] = ()) -> Operation:
    answers = {200: _TWIML, **TWILIO_FAULTS} if twiml else {204: _TAKEN, **CALLBACK_FAULTS}
    return Operation(
        method="post",
        path=path,
        id=name,
        tag="Phone company",
        summary=summary,
        security=Security.TWILIO,
        body_type=FORM,
        asked=asked,
        answers=answers,
    )


def _ops(path: str, name: str, summary: str, answers: dict[int, Said]) -> Operation:
    return Operation(
        method="get", path=path, id=name, tag="Operators", summary=summary, answers={**answers, **_INTERNAL}
    )


OTHER_OPERATIONS: tuple[Operation, ...] = (
    _hook(
        "/twilio/voice/{attempt}/{turn}/{tag}",
        "serveTurn",
        "Turn n of a call: what they did comes in, what they hear goes out.",
        twiml=True,
        asked=_TURN_QUERY,
    ),
    _hook(
        "/twilio/agent-line/digits/{staff}/{language}/{tag}",
        "takeAgentDigits",
        "The digits that prove an agent.",
        twiml=True,
    ),
    _hook(
        "/twilio/agent-line/state/{staff}/{language}/{tag}",
        "takeAgentState",
        "What an agent says they are.",
        twiml=True,
    ),
    _hook("/twilio/whisper/{attempt}/{turn}/{tag}", "serveWhisper", "What a colleague hears who is rung.", twiml=True),
    _hook("/twilio/accept/{attempt}/{turn}/{tag}", "takeAcceptance", "The key with which they take it.", twiml=True),
    _hook("/twilio/hold/{attempt}/{turn}/{tag}", "serveHold", "What a customer hears who waits.", twiml=True),
    _hook("/twilio/room/{attempt}/{turn}/{tag}", "takeRoomEvent", "Who entered a room, or left it.", twiml=False),
    _hook("/twilio/fallback/{attempt}/{tag}", "serveFallback", "The static apology.", twiml=True),
    _hook("/twilio/status/{attempt}/{tag}", "takeProgress", "Progress of a call.", twiml=False),
    _hook("/twilio/amd/{attempt}/{tag}", "takeDetection", "Who answered: a person or a machine.", twiml=False),
    _hook("/twilio/recording/{attempt}/{tag}", "takeRecording", "A recording is ready.", twiml=False),
    _hook("/twilio/voice/inbound", "answerCall", "Somebody calls our number.", twiml=True),
    _hook("/twilio/call-in/keys", "takeCallInKey", "Their key: 1 keeps the hold, 0 is a person.", twiml=True),
    _hook("/twilio/call-in/last-keys", "takeLastCallInKey", "The same, after they pressed none.", twiml=True),
    _hook("/twilio/call-in/left", "endCallIn", "The colleague has left them, or nobody came.", twiml=True),
    _hook("/twilio/call-in/whisper", "serveCallInWhisper", "What the colleague hears first.", twiml=True),
    _hook("/twilio/call-in/accept", "takeCallInAcceptance", "The key with which they take it.", twiml=True),
    Operation(
        method="get",
        path="/twilio/audio/{name}",
        id="playPrompt",
        tag="Phone company",
        summary="A recorded prompt, the same for everybody.",
        answers={200: Said(text="Sound.", content_type="audio/mpeg"), 404: fault("There is none."), **_INTERNAL},
    ),
    Operation(
        method="post",
        path="/twilio/sms/inbound",
        id="answerMessage",
        tag="Phone company",
        summary="Somebody writes to our number. Silence is the answer: ours go out by themselves.",
        security=Security.TWILIO,
        body_type=FORM,
        answers={200: _TWIML, **CALLBACK_FAULTS},
    ),
    _hook("/twilio/sms/status/{message}/{tag}", "takeMessageProgress", "Progress of a message.", twiml=False),
    _ops("/healthz", "health", "The process lives.", {200: Said(text="Yes.", model=Health, content_type=JSON)}),
    _ops(
        "/readyz",
        "readiness",
        "Whether this node may be given work.",
        {
            200: Said(text="Yes.", model=Readiness, content_type=JSON),
            503: Said(text="No, and why.", model=Readiness, content_type=JSON),
        },
    ),
    _ops("/metrics", "metrics", "Prometheus metrics.", {200: Said(text="Text format.", content_type="text/plain")}),
    _ops("/openapi.json", "description", "This document.", {200: Said(text="OpenAPI 3.1.", content_type=JSON)}),
    _ops("/docs", "docs", "This document for people, offline.", {200: Said(text="A page.", content_type=HTML)}),
)
