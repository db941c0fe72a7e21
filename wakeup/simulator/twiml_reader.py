"""Parse TwiML as a strict phone company would: known verbs and attributes only, lengths and numbers checked."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from wakeup.simulator.speech_limits import MAX_SPEECH_SECONDS, SSML, good_hints, takes_ssml, too_long, understood
from wakeup.simulator.twiml_verbs import (
    Dial,
    Document,
    Enter,
    Gather,
    Hangup,
    Pause,
    Play,
    Prompt,
    Record,
    Redirect,
    Say,
    Verb,
)
from wakeup.simulator.voices import languages_of

MAX_BODY = 64 * 1024
MAX_ROOM_NAME = 128


class TwimlFault(Exception):  # noqa: N818
    """A document that ends the call or sends it to the fallback URL, with Twilio's error code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


_RECORDING = "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent recordingTrack trim"
_ATTRIBUTES = {
    "Say": "voice language loop",
    "Play": "loop digits",
    "Pause": "length",
    "Gather": "input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits "
    "partialResultCallback partialResultCallbackMethod language hints bargeIn debug actionOnEmptyResult "
    "speechModel enhanced",
    "Redirect": "method",
    "Dial": f"action method timeout hangupOnStar timeLimit callerId record answerOnBridge ringTone {_RECORDING}",
    "Record": f"action method timeout finishOnKey maxLength playBeep transcribe transcribeCallback {_RECORDING}",
    "Number": "url method sendDigits statusCallback statusCallbackEvent statusCallbackMethod",
    "Conference": "muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants record "
    "region coach statusCallback statusCallbackEvent statusCallbackMethod eventCallbackUrl jitterBufferSize "
    f"participantLabel {_RECORDING}",
    "Hangup": "",
    "Reject": "reason",
    "Leave": "",
}


def read(body: bytes, content_type: str = "text/xml") -> Document:
    """Parse one answer of the application. Raises TwimlFault with Twilio's code."""
    if len(body) > MAX_BODY:
        raise TwimlFault(11750, "TwiML response body too large")
    if content_type.partition(";")[0].strip().lower() not in {"text/xml", "application/xml"}:
        raise TwimlFault(12300, "invalid Content-Type")
    if not body.strip():
        raise TwimlFault(11770, "empty TwiML response body")
    root = _parse(body)
    return Document(verbs=tuple(_verb(element) for element in root))


def read_inline(text: str) -> Document:
    """Parse TwiML given in a REST request: every URL in it must be absolute (error 15004)."""
    document = read(text.encode())
    for verb in document.verbs:
        target = getattr(verb, "action", "") or (verb.url if isinstance(verb, Redirect) else "")
        if target and "://" not in target:
            raise TwimlFault(15004, "relative URL in inline TwiML")
    return document


def read_messages(body: bytes, content_type: str = "text/xml") -> list[str]:
    """Return the texts of the Message verbs with which an application answers an inbound message."""
    if not body.strip():
        return []
    if content_type.partition(";")[0].strip().lower() not in {"text/xml", "application/xml"}:
        raise TwimlFault(12300, "invalid Content-Type")
    root = _parse(body)
    if any(element.tag not in {"Message", "Redirect"} for element in root):
        raise TwimlFault(12200, "not a messaging document")
    return [_text(element) for element in root if element.tag == "Message"]


def _parse(body: bytes) -> ET.Element:
    try:
        root = ET.fromstring(body)  # noqa: S314
    except ET.ParseError as error:
        raise TwimlFault(12100, f"document parse failure at {error.position}") from None
    if root.tag != "Response":
        raise TwimlFault(12100, "the root element is not Response")
    return root


def _verb(element: ET.Element) -> Verb:
    _check_attributes(element)
    match element.tag:
        case "Say" | "Play" | "Pause":
            return _prompt(element)
        case "Gather":
            return _gather(element)
        case "Redirect":
            return Redirect(url=_text(element), method=_method(element))
        case "Dial":
            return _dial(element)
        case "Record":
            return _record(element)
        case _:
            return Hangup(reason=element.get("reason", ""))


def _check_attributes(element: ET.Element) -> None:
    known = _ATTRIBUTES.get(element.tag)
    if known is None:
        raise TwimlFault(12200, f"unknown verb {element.tag}")
    strange = set(element.attrib) - set(known.split())
    if strange:
        raise TwimlFault(12200, f"{element.tag} has no attribute {', '.join(sorted(strange))}")


def _prompt(element: ET.Element) -> Prompt:
    match element.tag:
        case "Say":
            text = _text(element)
            if not text:
                raise TwimlFault(13520, "Say without text")
            voice, times = _voice(element), _number(element, "loop", 1.0, 13510)
            if too_long(text, voice):
                raise TwimlFault(13521, "Say text too long")
            return Say(text=text, language=element.get("language", ""), voice=voice, times=int(times))
        case "Play":
            times = _number(element, "loop", 1.0, 13410)
            return Play(url=_text(element), digits=element.get("digits", ""), times=int(times))
        case "Pause":
            return Pause(seconds=_number(element, "length", 1.0, 13610))
        case _:
            raise TwimlFault(12200, f"{element.tag} cannot be nested in Gather")


def _voice(element: ET.Element) -> str:
    """Return the voice. The provider says only that a voice may fail at a language it does not speak; here it
    always fails."""
    voice, language = element.get("voice", ""), element.get("language", "")
    spoken = languages_of(voice)
    if spoken is not None and not spoken:
        raise TwimlFault(13511, f"there is no voice {voice}")
    if language and spoken is not None and language not in spoken:
        raise TwimlFault(13512, f"{voice} does not speak {language}")
    marks = {child.tag for child in element.iter()} - {"Say"}
    if not marks <= SSML or (marks and not takes_ssml(voice)):
        raise TwimlFault(13520, "marks that this voice does not take")
    return voice


def _gather(element: ET.Element) -> Gather:
    inputs = frozenset(element.get("input", "dtmf").split())
    if not inputs or not inputs <= {"dtmf", "speech"}:
        raise TwimlFault(13310, "bad Gather input")
    if element.get("speechModel") and element.get("speechTimeout", "auto") == "auto":
        raise TwimlFault(13335, "speechTimeout=auto with a speechModel")
    if "speech" in inputs:
        _check_speech(element)
    digits = _number(element, "numDigits", 0.0, 13314)
    if "numDigits" in element.attrib and digits < 1:
        raise TwimlFault(13314, "bad numDigits")
    return Gather(
        action=element.get("action", ""),
        method=_method(element),
        inputs=inputs,
        timeout=_number(element, "timeout", 5.0, 13313),
        num_digits=int(digits),
        finish_on_key=element.get("finishOnKey", "#"),
        on_empty=_flag(element, "actionOnEmptyResult", default=False),
        barge_in=_flag(element, "bargeIn", default=True),
        language=element.get("language", "en-US"),
        prompts=tuple(_nested(element)),
    )


def _check_speech(element: ET.Element) -> None:
    if not understood(element.get("language", "en-US")):
        raise TwimlFault(13310, "a language no recogniser has")
    if not good_hints(element.get("hints", "")):
        raise TwimlFault(13310, "bad hints")
    if not 1 <= _number(element, "maxSpeechTime", MAX_SPEECH_SECONDS, 13310) <= MAX_SPEECH_SECONDS:
        raise TwimlFault(13310, "bad maxSpeechTime")
    if _number(element, "speechTimeout", 1.0, 13310) < 1:
        raise TwimlFault(13310, "bad speechTimeout")


def _nested(element: ET.Element) -> Iterable[Prompt]:
    for child in element:
        _check_attributes(child)
        yield _prompt(child)


def _dial(element: ET.Element) -> Dial | Enter:
    if [child.tag for child in element] == ["Conference"]:
        return _enter(element, element[0])
    if any(child.tag != "Number" for child in element):
        raise TwimlFault(12200, "only a Number or one Conference can be dialled here")
    for child in element:
        _check_attributes(child)
    if len(element) > 1:
        raise TwimlFault(12200, "more than one Number is not simulated")
    callee = element[0] if len(element) else element
    if not _text(callee):
        raise TwimlFault(13223, "Dial without a number")
    return Dial(
        number=_text(callee),
        caller_id=element.get("callerId", ""),
        whisper=callee.get("url", ""),
        whisper_method=_method(callee) if callee.get("url") else "POST",
        action=element.get("action", ""),
        method=_method(element),
        timeout=_number(element, "timeout", 30.0, 13212),
        longest=_number(element, "timeLimit", 14400.0, 13213),
    )


def _enter(element: ET.Element, conference: ET.Element) -> Enter:
    _check_attributes(conference)
    name = _text(conference)
    if not name or len(name) > MAX_ROOM_NAME:
        raise TwimlFault(13230, "a conference without a name, or with too long a one")
    most = _number(conference, "maxParticipants", 250.0, 13236)
    if not 2 <= most <= 250:
        raise TwimlFault(13236, "bad maxParticipants")
    return Enter(
        room=name,
        action=element.get("action", ""),
        method=_method(element),
        star_leaves=_flag(element, "hangupOnStar", default=False),
        starts=_flag(conference, "startConferenceOnEnter", default=True),
        ends=_flag(conference, "endConferenceOnExit", default=False),
        most=int(most),
        longest=_number(element, "timeLimit", 14400.0, 13213),
        wait_url=conference.get("waitUrl", ""),
        wait_method=conference.get("waitMethod", "POST").upper(),
        events_url=conference.get("statusCallback", ""),
        events=_room_events(conference),
        muted=_flag(conference, "muted", default=False),
        coach=conference.get("coach", ""),
    )


def _room_events(conference: ET.Element) -> frozenset[str]:
    wanted = frozenset(conference.get("statusCallbackEvent", "").split())
    if not wanted <= {"start", "end", "join", "leave", "mute", "hold", "speaker"}:
        raise TwimlFault(13237, "bad statusCallbackEvent")
    return wanted


def _record(element: ET.Element) -> Record:
    return Record(
        action=element.get("action", ""),
        method=_method(element),
        timeout=_number(element, "timeout", 5.0, 13612),
        max_length=_number(element, "maxLength", 3600.0, 13612),
        finish_on_key=element.get("finishOnKey", "1234567890*#"),
    )


def _text(element: ET.Element) -> str:
    # An SSML break, sentence or paragraph is a silence, so the words around it stay apart.
    apart = any(piece.tag in {"break", "s", "p"} for piece in element.iter())
    return " ".join((" " if apart else "").join(element.itertext()).split())


def _number(element: ET.Element, name: str, default: float, code: int) -> float:
    raw = element.get(name)
    if raw is None or (raw == "auto" and element.tag == "Gather"):
        return default
    if not raw.isascii() or not raw.isdigit():
        raise TwimlFault(code, f"bad {name}")
    return float(raw)


def _flag(element: ET.Element, name: str, *, default: bool) -> bool:
    raw = element.get(name, str(default)).lower()
    if raw not in {"true", "false"}:
        raise TwimlFault(12200, f"bad {name}")
    return raw == "true"


def _method(element: ET.Element) -> str:
    method = element.get("method", "POST").upper()
    if method not in {"GET", "POST"}:
        raise TwimlFault(12200, "bad method")
    return method
