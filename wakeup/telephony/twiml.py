"""Render turns as TwiML documents. Pure: no clock, no URL of its own, no knowledge of cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from xml.sax.saxutils import escape

from twilio.twiml.voice_response import (
    Dial,
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Say,
    SsmlProsody,
    VoiceResponse,
)

from wakeup.domain.errors import DomainError
from wakeup.ivr.turn import SPEECH_PAUSE_S, Connect, Listen, Tape, Turn, Utterance
from wakeup.telephony.language_switch import passages
from wakeup.telephony.rooms import Waiting, meet
from wakeup.telephony.speech_text import pieces, xml_text
from wakeup.telephony.voices import Voice, name_and_language, other_voice, voice_of

MAX_DOCUMENT_BYTES = 64_000
KEPT = 128
"""Cached documents of either kind. They hold what a script says, and little of that is about a person."""
_HERE = "\0"
"""Placeholder for the action URL. No text, name or URL of ours contains this character."""
_QUOTED = {'"': "&quot;"}
MAX_HINTS = 500
MAX_HINT_CHARS = 100
WHISPER_WAIT_S = 6
HOLD_REST_S = 8


class OversizeTwimlError(DomainError):
    """The turn is too long for one TwiML document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Whom to ring for a callee, and how. Both numbers are shown only to the phone company."""

    number: str = field(repr=False)
    caller_id: str = field(repr=False)
    whisper_url: str


RecordingUrl = Callable[[str], str | None]
"""Returns where a recorded prompt is fetched, by file name; None when the recording no longer exists."""


def no_recordings(_name: str) -> None:
    """The default: no recordings, the synthetic voice speaks everything."""


_APOLOGY = (
    Utterance(
        language="zh-CN",
        text="抱歉，电话系统出了一点问题，这次通话到此结束。谁叫您转账，都先别转。有疑问，请拨银行卡背面的号码。",
    ),
    Utterance(
        language="en",
        text="Sorry, our telephone system has a problem and this call ends here. Please do not send money because "
        "somebody asks you to. If in doubt, dial the number on the back of your card.",
    ),
)


def render(
    turn: Turn,
    action_url: str | None,
    recording_url: RecordingUrl = no_recordings,
    connection: Connection | None = None,
    waiting: Waiting | None = None,
) -> str:
    """Return the document of a turn. `action_url` receives the next input; required if and only if the turn goes on.

    Words are spoken inside the Gather, so that a key interrupts them. Silence is posted to the same URL as an input.
    Recorded prompts are played where `recording_url` finds the recording. A turn that brings a colleague to the line
    rings `connection`; without one it goes on at once. Raises OversizeTwimlError, and ValueError when the URL is
    missing.
    """
    # Looked up each time: a recording may have been removed.
    played = tuple([recording_url(one.recording) if one.recording else None for one in turn.utterances])
    if turn.ends:
        return _checked(_spoken(turn.utterances, played))
    if action_url is None:
        raise ValueError("a turn that continues needs an action URL")
    if turn.listen is not None:
        asked = _asked(turn.utterances, turn.listen, voice_of(turn.language), played)
        return _checked(asked.replace(_HERE, escape(action_url, _QUOTED)))
    response = VoiceResponse()
    if turn.tape is not None:
        _speak(response, turn.utterances, played)
        response.append(_record(turn.tape, action_url))
    if turn.room is not None:
        _speak(response, turn.utterances, played)
        response.append(meet(turn.room, action_url, waiting))
    if turn.connect is not None:
        _speak(response, turn.utterances, played)
        if connection is not None:
            response.append(_dial(turn.connect, connection, action_url))
    response.append(_go_on(action_url))
    return _document(response)


@lru_cache(maxsize=KEPT)
def _asked(said: tuple[Utterance, ...], listen: Listen, ear: Voice, played: tuple[str | None, ...]) -> str:
    """Return a prompt and the Gather around it. Cached: hundreds of callees hear the same within a minute, each with
    their own URL, which replaces `_HERE`."""
    gather = _gather(listen, _HERE, ear)
    _speak(gather, said, played)
    return str(VoiceResponse().append(gather).append(_go_on(_HERE)))


@lru_cache(maxsize=KEPT)
def _spoken(said: tuple[Utterance, ...], played: tuple[str | None, ...]) -> str:
    """Return the last words of a call."""
    response = VoiceResponse()
    _speak(response, said, played)
    return str(response.append(Hangup()))


def _go_on(action_url: str) -> Redirect:
    """Go on to the next turn. A failed recogniser or an empty recording falls through, and would end the call."""
    return Redirect(action_url, method="POST")


def whisper(said: tuple[Utterance, ...], accept_url: str) -> str:
    """Return what a colleague hears on answering. A call without a key press, such as a voicemail, is hung up."""
    response = VoiceResponse()
    gather = Gather(
        input="dtmf", action=accept_url, method="POST", timeout=WHISPER_WAIT_S, num_digits=1, finish_on_key=""
    )
    _speak(gather, said)
    response.append(gather)
    return _document(response.append(Hangup()))


def hangup() -> str:
    """Return the fence: a call that is not ours to continue ends without a word."""
    return _document(VoiceResponse().append(Hangup()))


def empty() -> str:
    """Return a document without instructions."""
    return _document(VoiceResponse())


def apology() -> str:
    """Return the static document served when a turn is unavailable: both languages, no personal data."""
    response = VoiceResponse()
    _speak(response, _APOLOGY)
    return _document(response.append(Hangup()))


def _gather(listen: Listen, action_url: str, voice: Voice) -> Gather:
    # Without a finish key, star and hash arrive as digits.
    keys = {"action": action_url, "method": "POST", "timeout": listen.timeout_s, "num_digits": listen.max_digits}
    always = {"finish_on_key": listen.finish_key, "action_on_empty_result": True}
    if not listen.speech:
        return Gather(input="dtmf", **keys, **always)
    return Gather(
        input="dtmf speech",
        language=voice.recogniser,
        speech_timeout=SPEECH_PAUSE_S,
        profanity_filter=False,
        max_speech_time=listen.max_speech_s,
        hints=_hints(listen.hints),
        barge_in=None if listen.interrupted_by_speech else False,
        **keys,
        **always,
    )


def _dial(connect: Connect, connection: Connection, action_url: str) -> Dial:
    dial = Dial(
        action=action_url,
        method="POST",
        timeout=connect.ring_s,
        caller_id=connection.caller_id,
    )
    dial.number(connection.number, url=connection.whisper_url, method="POST")
    return dial


def hold(utterances: tuple[Utterance, ...]) -> str:
    """Return the announcement for a waiting caller, and a pause. Afterwards the phone company requests it again."""
    response = VoiceResponse()
    _speak(response, utterances)
    return _document(response.append(Pause(length=HOLD_REST_S)))


def _record(tape: Tape, action_url: str) -> Record:
    return Record(
        action=action_url,
        method="POST",
        max_length=tape.max_s,
        timeout=tape.rest_s,
        finish_on_key="1234567890*#",
        play_beep=True,
        transcribe=False,
    )


@lru_cache(maxsize=256)
def _hints(hints: tuple[str, ...]) -> str | None:
    """Join the hints. A comma separates two of them, so none may contain one."""
    clean = (xml_text(hint).replace(",", " ").strip()[:MAX_HINT_CHARS] for hint in hints[:MAX_HINTS])
    return ",".join(filter(None, clean)) or None


def _speak(
    parent: VoiceResponse | Gather,
    utterances: tuple[Utterance, ...],
    played: tuple[str | None, ...] = (),
) -> None:
    for utterance, url in zip_longest(utterances, played):
        if url is not None:
            parent.append(Play(url))
            continue
        voice, language = name_and_language(utterance.language, utterance.voice)
        for piece in pieces(xml_text(utterance.text)):
            if not piece.strip():
                # An empty Say is an error at the phone company.
                continue
            say = Say(voice=voice, language=language)
            other = other_voice(utterance.language).language
            _words(say.prosody(rate=utterance.rate) if utterance.rate else say, piece, utterance.language, other)
            parent.append(say)


def _words(into: Say | SsmlProsody, piece: str, language: str, other: str) -> None:
    """Append the piece, marking passages in the other language."""
    for words, foreign in passages(piece, language):
        if foreign:
            into.lang(words, xml_lang=other)
        else:
            into.append(words)


def _document(response: VoiceResponse) -> str:
    return _checked(str(response))


def _checked(document: str) -> str:
    if len(document.encode()) > MAX_DOCUMENT_BYTES:
        raise OversizeTwimlError
    return document
