"""Turns into TwiML documents. Pure: no clock, no address of its own, no knowledge of cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twilio.twiml.voice_response import Gather, Hangup, Play, Redirect, Reject, Say, VoiceResponse

from wakeup.domain.errors import DomainError
from wakeup.ivr.turn import Listen, Turn, Utterance
from wakeup.telephony.speech_text import pieces, xml_text

MAX_DOCUMENT_BYTES = 64_000
MAX_HINTS = 500
MAX_HINT_CHARS = 100
SPEECH_PAUSE_S = 2
"""Silence that ends what the callee says: long enough for an old person's pause for breath."""


class OversizeTwimlError(DomainError):
    """The turn is longer than one document may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How one language is spoken and understood."""

    language: str
    """As `<Say>` names it."""
    name: str
    recogniser: str
    """As `<Gather>` names it."""


MANDARIN = Voice(language="cmn-CN", name="Polly.Zhiyu-Neural", recogniser="cmn-Hans-CN")
BRITISH = Voice(language="en-GB", name="Polly.Amy-Neural", recogniser="en-GB")
AMERICAN = Voice(language="en-US", name="Polly.Joanna-Neural", recogniser="en-US")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """The voices of this installation. They change at the provider without notice, so they are configuration."""

    zh: Voice = MANDARIN
    en: Voice = BRITISH

    def of(self, language: str) -> Voice:
        return self.en if language.lower().startswith("en") else self.zh


DEFAULT_VOICES = Voices()
RecordingUrl = Callable[[str], str | None]
"""Where a recorded prompt is fetched, by its file name; None when it is no longer there."""


def no_recordings(_name: str) -> None:
    """The voice speaks all of it."""


_APOLOGY = (
    Utterance(
        language="zh-CN",
        text="抱歉,电话系统出了一点问题,这次通话到此结束。请不要应任何人的要求转账。如有疑问,请拨打银行卡背面的电话。",
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
    voices: Voices = DEFAULT_VOICES,
    recording_url: RecordingUrl = no_recordings,
) -> str:
    """The document of a turn. `action_url` is where their act goes: needed if and only if the turn listens.

    Words are spoken inside the Gather, so that a key cuts them short. Silence comes to the same address as an act does.
    Where somebody recorded them they are played, if `recording_url` knows where the recording is.
    Raises OversizeTwimlError, and ValueError when the address is missing.
    """
    response = VoiceResponse()
    if turn.listen is None:
        _speak(response, turn.utterances, voices, recording_url)
        response.append(Hangup())
        return _document(response)
    if action_url is None:
        raise ValueError("a turn that listens needs an address")
    gather = _gather(turn.listen, action_url, voices.of(turn.language))
    _speak(gather, turn.utterances, voices, recording_url)
    response.append(gather)
    # A recogniser that fails falls through: without this line the call would end there.
    response.append(Redirect(action_url, method="POST"))
    return _document(response)


def hangup() -> str:
    """The fence: a call that is not ours to talk on ends without a word."""
    return _document(VoiceResponse().append(Hangup()))


def reject() -> str:
    """Refuses an inbound call before it is answered, so that nobody pays for it."""
    return _document(VoiceResponse().append(Reject(reason="rejected")))


def empty() -> str:
    """Nothing to do."""
    return _document(VoiceResponse())


def apology(voices: Voices = DEFAULT_VOICES) -> str:
    """The static document served when a turn cannot be had: both languages, nothing about anybody."""
    response = VoiceResponse()
    _speak(response, _APOLOGY, voices, no_recordings)
    return _document(response.append(Hangup()))


def _gather(listen: Listen, action_url: str, voice: Voice) -> Gather:
    # Without a finish key, star and hash arrive as digits.
    keys = {"action": action_url, "method": "POST", "timeout": listen.timeout_s, "num_digits": listen.max_digits}
    always = {"finish_on_key": "", "action_on_empty_result": True}
    if not listen.speech:
        return Gather(input="dtmf", **keys, **always)
    return Gather(
        input="dtmf speech",
        language=voice.recogniser,
        speech_timeout=SPEECH_PAUSE_S,
        profanity_filter=False,
        hints=_hints(listen.hints),
        **keys,
        **always,
    )


def _hints(hints: tuple[str, ...]) -> str | None:
    """A comma separates two hints, so none may hold one."""
    clean = (xml_text(hint).replace(",", " ").strip()[:MAX_HINT_CHARS] for hint in hints[:MAX_HINTS])
    return ",".join(filter(None, clean)) or None


def _speak(
    parent: VoiceResponse | Gather,
    utterances: tuple[Utterance, ...],
    voices: Voices,
    recording_url: RecordingUrl,
) -> None:
    for utterance in utterances:
        played = recording_url(utterance.recording) if utterance.recording else None
        if played is not None:
            parent.append(Play(played))
            continue
        voice = voices.of(utterance.language)
        name = utterance.voice or voice.name
        for piece in pieces(xml_text(utterance.text)):
            if not piece.strip():
                # An empty Say is an error at the phone company.
                continue
            say = Say(None if utterance.rate else piece, voice=name, language=voice.language)
            if utterance.rate:
                say.prosody(piece, rate=utterance.rate)
            parent.append(say)


def _document(response: VoiceResponse) -> str:
    document = str(response)
    if len(document.encode()) > MAX_DOCUMENT_BYTES:
        raise OversizeTwimlError
    return document
