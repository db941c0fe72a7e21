"""The phone company's webhook forms as our values. Unknown fields are ignored; a missing vital one is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from wakeup.domain.errors import DomainError
from wakeup.domain.reply import ReplyKind, parse_reply
from wakeup.ivr.nlu.plain_words import MAX_CHARACTERS
from wakeup.ivr.turn import (
    Answered,
    AnsweredBy,
    Detected,
    HungUp,
    Input,
    Keys,
    PersonLeft,
    Recorded,
    Silence,
    Speech,
    TransferResult,
)
from wakeup.telephony.codes import TEXT_REASONS, answered_by_of, disposition_of, event_of
from wakeup.telephony.fields import Form, share, text, whole
from wakeup.telephony.post_result import is_sid
from wakeup.usecases.conversation.call_in import Caller
from wakeup.usecases.conversation.colleague_call import SecondLeg
from wakeup.usecases.inputs import CallReport, MessageIn, MessageProgress, MessageReport, RoomEvent

MAX_DIGITS = 64
_PARTINGS = {
    "completed": TransferResult.TALKED,
    "answered": TransferResult.TALKED,
    "busy": TransferResult.BUSY,
    "no-answer": TransferResult.NO_ANSWER,
    "canceled": TransferResult.NO_ANSWER,
}
_RECORDING = re.compile("RE[0-9a-f]{32}")
_HIDDEN = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""Numbers that stand for a hidden caller: anonymous, restricted, blocked, unknown, unavailable, spelled on a keypad."""
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_KEYPAD = frozenset("0123456789*#ABCD")
_PROGRESS = {
    "sent": MessageProgress.SENT,
    "delivered": MessageProgress.DELIVERED,
    "read": MessageProgress.DELIVERED,
    "failed": MessageProgress.FAILED,
    "undelivered": MessageProgress.FAILED,
    "canceled": MessageProgress.FAILED,
}


class BadFormError(DomainError):
    """A required field of a form is missing or malformed. The message names the field and repeats no value."""

    def __init__(self, name: str) -> None:
        self.field = name
        super().__init__(f"{name} is missing or malformed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIdentity:
    """The call a webhook is about. All of it must match the attempt before the SID is bound."""

    call_sid: str
    outbound: bool
    to: str = field(repr=False)
    from_: str = field(repr=False)


def call_identity(form: Form) -> CallIdentity:
    """Read which call it is. Raises BadFormError without a usable CallSid, To, From or Direction."""
    return CallIdentity(
        call_sid=_sid(form, "CallSid"),
        outbound=_needed(form, "Direction").startswith("outbound"),
        to=_needed(form, "To"),
        from_=_needed(form, "From"),
    )


def caller_in(form: Form) -> Caller | None:
    """Return who calls us; None for an outbound call. Raises BadFormError without CallSid or Direction."""
    if _needed(form, "Direction").startswith("outbound"):
        return None
    from_ = text(form, "From")
    hidden = from_ in _HIDDEN or _E164.fullmatch(from_) is None
    return Caller(call_sid=_sid(form, "CallSid"), from_="hidden" if hidden else from_, hidden=hidden)


def call_report(form: Form, source: str = "callback") -> CallReport:
    """Return the state of the call, from any of its webhooks. Raises BadFormError without CallSid."""
    status = text(form, "CallStatus").lower()
    return CallReport(
        call_sid=_sid(form, "CallSid"),
        event=event_of(status),
        disposition=disposition_of(status, whole(text(form, "SipResponseCode"))),
        sequence=whole(text(form, "SequenceNumber")),
        source=source,
        answered_by=answered_by_of(text(form, "AnsweredBy")),
        # `Duration` is not read: it is in minutes.
        to=text(form, "To"),
        from_=text(form, "From"),
        raw=_raw(form),
    )


def turn_input(form: Form, turn: int) -> Input:
    """Return the callee's input from the request for turn `turn`. Turn 0 is requested when the call is answered.

    The result of a second leg outranks all else; the form does not tell whether the person who answered accepted the
    call. A recording outranks the key that ended it, and keys outrank speech.
    """
    if turn == 0:
        return Answered(by=answered_by_of(text(form, "AnsweredBy")) or AnsweredBy.UNKNOWN)
    dialled = text(form, "DialCallStatus").lower()
    if dialled:
        return PersonLeft(_PARTINGS.get(dialled, TransferResult.FAILED))
    if text(form, "RecordingUrl") or text(form, "RecordingSid"):
        return Recorded(sid=_recording(form), seconds=max(0, whole(text(form, "RecordingDuration")) or 0))
    digits = "".join(key for key in text(form, "Digits").upper() if key in _KEYPAD)[:MAX_DIGITS]
    if digits:
        return Keys(digits=digits)
    spoken = text(form, "SpeechResult")[:MAX_CHARACTERS]
    if spoken:
        # Recognisers write 0.0 when they have no confidence to report.
        return Speech(text=spoken, confidence=share(text(form, "Confidence")) or None)
    return HungUp() if disposition_of(text(form, "CallStatus").lower(), None) else Silence()


def _recording(form: Form) -> str | None:
    """Return the recording's id. Its URL is only parsed for the id: nothing is fetched from a URL we were sent."""
    for told in (text(form, "RecordingSid"), text(form, "RecordingUrl").partition("?")[0].rpartition("/")[2]):
        if _RECORDING.fullmatch(told):
            return told
    return None


def recording_made(form: Form) -> tuple[str, str | None, int]:
    """Return the call, the recording's id and its seconds. The id is None when recording failed or the id is
    invalid.

    Raises BadFormError without CallSid.
    """
    done = text(form, "RecordingStatus").lower() == "completed"
    return (
        _sid(form, "CallSid"),
        _recording(form) if done else None,
        max(0, whole(text(form, "RecordingDuration")) or 0),
    )


def second_leg(form: Form) -> SecondLeg:
    """Return the call that rang a colleague and the call it was dialled from. Raises BadFormError."""
    return SecondLeg(call_sid=_sid(form, "CallSid"), parent_sid=_sid(form, "ParentCallSid"))


def room_event(form: Form) -> RoomEvent:
    """Return who came or went. Raises BadFormError without ConferenceSid, or with an invalid CallSid."""
    return RoomEvent(
        room_sid=_sid(form, "ConferenceSid"),
        event=_needed(form, "StatusCallbackEvent"),
        call_sid=_sid(form, "CallSid") if text(form, "CallSid") else None,
        sequence=whole(text(form, "SequenceNumber")) or 0,
        raw=_raw(form),
    )


def detection(form: Form) -> Detected:
    """Return the verdict of the answering-machine detector. Raises BadFormError if there is none."""
    return Detected(by=answered_by_of(_needed(form, "AnsweredBy")) or AnsweredBy.UNKNOWN)


def message_report(form: Form) -> MessageReport:
    """Return the progress of an SMS. An unknown status has the lowest rank. Raises BadFormError without MessageSid."""
    code = whole(text(form, "ErrorCode"))
    return MessageReport(
        message_sid=_sid(form, "MessageSid"),
        progress=progress_of(text(form, "MessageStatus").lower()),
        code=code or None,
        reason=None if code is None else TEXT_REASONS.get(code),
        to=text(form, "To"),
        raw=_raw(form),
    )


def progress_of(status: str) -> MessageProgress:
    """Return how far an SMS has come, from the phone company's status."""
    return _PROGRESS.get(status, MessageProgress.ACCEPTED)


def message_in(form: Form) -> MessageIn:
    """Return an inbound SMS, which may have an empty body. Raises BadFormError without MessageSid or From."""
    body = text(form, "Body")
    verdict = text(form, "OptOutType").upper()
    return MessageIn(
        message_sid=_sid(form, "MessageSid"),
        from_=_needed(form, "From"),
        body=body,
        stops=verdict == "STOP" or (not verdict and parse_reply(body).act is ReplyKind.STOP),
        starts=verdict == "START",
        helped=verdict == "HELP",
    )


def _needed(form: Form, name: str) -> str:
    value = text(form, name)
    if not value:
        raise BadFormError(name)
    return value


def _sid(form: Form, name: str) -> str:
    value = text(form, name)
    if not is_sid(value):
        raise BadFormError(name)
    return value


def _raw(form: Form) -> str:
    fields = [(name, value) for name, value in form.items() if isinstance(value, str)]
    return urlencode(fields, errors="replace")
