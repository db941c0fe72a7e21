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
_TAKEN = Said(text="Accepted, even if the case was closed long ago.")
_INTERNAL = {500: fault("Internal error, without details.")}
_TURN_QUERY = (
    Asked(
        name="lang",
        schema={"type": "string", "enum": ["zh-CN", "en"]},
        text="Language of the call, for the apology after an error.",
    ),
    Asked(name="try", schema={"type": "integer", "maximum": 3}, text="Number of failed tries of this turn."),
    Asked(name="keys", schema={"type": "string"}, text="The key pressed before the failure."),
    Asked(name="recording", schema={"type": "string"}, text="Id of the message recorded before the failure."),
    Asked(name="seconds", schema={"type": "integer"}, text="Length of that message in seconds."),
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
        "Turn n of a call: takes the callee's input and returns the next TwiML.",
        twiml=True,
        asked=_TURN_QUERY,
    ),
    _hook(
        "/twilio/agent-line/digits/{staff}/{language}/{tag}",
        "takeAgentDigits",
        "The PIN by which an agent signs in by phone.",
        twiml=True,
    ),
    _hook(
        "/twilio/agent-line/state/{staff}/{language}/{tag}",
        "takeAgentState",
        "The state an agent sets by phone.",
        twiml=True,
    ),
    _hook("/twilio/whisper/{attempt}/{turn}/{tag}", "serveWhisper", "What an agent hears when called.", twiml=True),
    _hook(
        "/twilio/accept/{attempt}/{turn}/{tag}",
        "takeAcceptance",
        "The key with which the agent accepts the call.",
        twiml=True,
    ),
    _hook("/twilio/hold/{attempt}/{turn}/{tag}", "serveHold", "What a waiting customer hears.", twiml=True),
    _hook(
        "/twilio/room/{attempt}/{turn}/{tag}",
        "takeRoomEvent",
        "A participant entered or left a conference.",
        twiml=False,
    ),
    _hook("/twilio/fallback/{attempt}/{tag}", "serveFallback", "The static apology.", twiml=True),
    _hook("/twilio/status/{attempt}/{tag}", "takeProgress", "Progress of a call.", twiml=False),
    _hook("/twilio/amd/{attempt}/{tag}", "takeDetection", "Who answered: a human or a machine.", twiml=False),
    _hook("/twilio/recording/{attempt}/{tag}", "takeRecording", "A recording is ready.", twiml=False),
    _hook("/twilio/voice/inbound", "answerCall", "An inbound call.", twiml=True),
    _hook(
        "/twilio/call-in/keys",
        "takeCallInKey",
        "The key of an inbound caller: 1 keeps the hold, 0 asks for a human.",
        twiml=True,
    ),
    _hook("/twilio/call-in/last-keys", "takeLastCallInKey", "The same, after the first prompt got no key.", twiml=True),
    _hook("/twilio/call-in/left", "endCallIn", "The colleague has left the inbound call, or did not come.", twiml=True),
    _hook(
        "/twilio/call-in/whisper", "serveCallInWhisper", "What the colleague hears before an inbound call.", twiml=True
    ),
    _hook(
        "/twilio/call-in/accept", "takeCallInAcceptance", "The key with which the agent accepts the call.", twiml=True
    ),
    Operation(
        method="get",
        path="/twilio/audio/{name}",
        id="playPrompt",
        tag="Phone company",
        summary="A recorded prompt, the same for all callers.",
        answers={200: Said(text="The sound file.", content_type="audio/mpeg"), 404: fault("Not found."), **_INTERNAL},
    ),
    Operation(
        method="post",
        path="/twilio/sms/inbound",
        id="answerMessage",
        tag="Phone company",
        summary="An inbound SMS. The response is empty; replies are sent separately.",
        security=Security.TWILIO,
        body_type=FORM,
        answers={200: _TWIML, **CALLBACK_FAULTS},
    ),
    _hook("/twilio/sms/status/{message}/{tag}", "takeMessageProgress", "Progress of a message.", twiml=False),
    _ops("/healthz", "health", "The process is alive.", {200: Said(text="Yes.", model=Health, content_type=JSON)}),
    _ops(
        "/readyz",
        "readiness",
        "Whether this node is ready for work.",
        {
            200: Said(text="Yes.", model=Readiness, content_type=JSON),
            503: Said(text="No, and why.", model=Readiness, content_type=JSON),
        },
    ),
    _ops("/metrics", "metrics", "Prometheus metrics.", {200: Said(text="Text format.", content_type="text/plain")}),
    _ops("/openapi.json", "description", "This document.", {200: Said(text="OpenAPI 3.1.", content_type=JSON)}),
    _ops(
        "/docs",
        "docs",
        "This document as a web page that needs no network.",
        {200: Said(text="A page.", content_type=HTML)},
    ),
)
