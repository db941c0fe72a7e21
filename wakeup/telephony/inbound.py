"""The phone company's forms in our values. What it adds is ignored; what no use case can lack is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from wakeup.domain.errors import DomainError
from wakeup.domain.reply import ReplyKind, parse_reply
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
MAX_SPEECH = 2000
_PARTINGS = {
    "completed": TransferResult.TALKED,
    "answered": TransferResult.TALKED,
    "busy": TransferResult.BUSY,
    "no-answer": TransferResult.NO_ANSWER,
    "canceled": TransferResult.NO_ANSWER,
}
_RECORDING = re.compile("RE[0-9a-f]{32}")
_HIDDEN = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What stands for a number that is not shown: anonymous, restricted, blocked, unknown, unavailable, as on a keypad."""
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
    """A form without a part that no use case can do without. Names the part, repeats no value."""

    def __init__(self, name: str) -> None:
        self.field = name
        super().__init__(f"{name} is missing or malformed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIdentity:
    """Which call a webhook speaks of. All of it must match the attempt before the SID is bound."""

    call_sid: str
    account_sid: str
    outbound: bool
    to: str = field(repr=False)
    from_: str = field(repr=False)


def call_identity(form: Form) -> CallIdentity:
    """Raises BadFormError without a usable CallSid, AccountSid, To, From or Direction."""
    return CallIdentity(
        call_sid=_sid(form, "CallSid"),
        account_sid=_sid(form, "AccountSid"),
        outbound=_needed(form, "Direction").startswith("outbound"),
        to=_needed(form, "To"),
        from_=_needed(form, "From"),
    )


def caller_in(form: Form) -> Caller | None:
    """Who calls us; None when it is a call of ours. Raises BadFormError without CallSid or Direction."""
    if _needed(form, "Direction").startswith("outbound"):
        return None
    from_ = text(form, "From")
    hidden = from_ in _HIDDEN or _E164.fullmatch(from_) is None
    return Caller(call_sid=_sid(form, "CallSid"), from_="hidden" if hidden else from_, hidden=hidden)


def call_report(form: Form, source: str = "callback") -> CallReport:
    """The state of the call, from any of its webhooks. Raises BadFormError without CallSid."""
    status = text(form, "CallStatus").lower()
    return CallReport(
        call_sid=_sid(form, "CallSid"),
        event=event_of(status),
        disposition=disposition_of(status, whole(text(form, "SipResponseCode"))),
        sequence=whole(text(form, "SequenceNumber")),
        source=source,
        answered_by=answered_by_of(text(form, "AnsweredBy")),
        # `Duration` is in minutes.
        to=text(form, "To"),
        from_=text(form, "From"),
        raw=_raw(form),
    )


def turn_input(form: Form, turn: int, elapsed_ms: int | None = None) -> Input:
    """What they did, as the request for turn `turn` tells it. Turn 0 is asked for when the call is picked up.

    What became of a second leg outranks all else: whether somebody who answered took the call, the form does not tell.
    A recording outranks the key that ended it, keys outrank speech. `elapsed_ms` is ours: from serving the turn before
    to this request.
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
        return Keys(digits=digits, elapsed_ms=elapsed_ms)
    spoken = text(form, "SpeechResult")[:MAX_SPEECH]
    if spoken:
        # Recognisers write 0.0 where they say nothing about it.
        return Speech(text=spoken, confidence=share(text(form, "Confidence")) or None, elapsed_ms=elapsed_ms)
    return HungUp() if disposition_of(text(form, "CallStatus").lower(), None) else Silence()


def _recording(form: Form) -> str | None:
    """The recording's id. Its address only serves to read the id from: nothing is fetched from where we are told."""
    for told in (text(form, "RecordingSid"), text(form, "RecordingUrl").partition("?")[0].rpartition("/")[2]):
        if _RECORDING.fullmatch(told):
            return told
    return None


def recording_made(form: Form) -> tuple[str, str | None, int]:
    """The call, its recording's id and its seconds. No id when it failed, or is none. Raises BadFormError without
    CallSid."""
    done = text(form, "RecordingStatus").lower() == "completed"
    return (
        _sid(form, "CallSid"),
        _recording(form) if done else None,
        max(0, whole(text(form, "RecordingDuration")) or 0),
    )


def second_leg(form: Form) -> SecondLeg:
    """Which call of ours rang a colleague, and from which it was dialled. Raises BadFormError."""
    return SecondLeg(call_sid=_sid(form, "CallSid"), parent_sid=_sid(form, "ParentCallSid"))


def room_event(form: Form) -> RoomEvent:
    """Who came or went. Raises BadFormError without ConferenceSid, or with a CallSid that is none."""
    return RoomEvent(
        room_sid=_sid(form, "ConferenceSid"),
        event=_needed(form, "StatusCallbackEvent"),
        call_sid=_sid(form, "CallSid") if text(form, "CallSid") else None,
        sequence=whole(text(form, "SequenceNumber")) or 0,
        raw=_raw(form),
    )


def detection(form: Form) -> Detected:
    """The verdict of the answering-machine detector. Raises BadFormError without one."""
    return Detected(by=answered_by_of(_needed(form, "AnsweredBy")) or AnsweredBy.UNKNOWN)


def message_report(form: Form) -> MessageReport:
    """Raises BadFormError without MessageSid. A state we have never heard of has the lowest rank."""
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
    """How far a text has come, by the phone company's word for it."""
    return _PROGRESS.get(status, MessageProgress.ACCEPTED)


def message_in(form: Form) -> MessageIn:
    """Raises BadFormError without MessageSid, From or To. An empty body is a message too."""
    body = text(form, "Body")
    verdict = text(form, "OptOutType").upper()
    return MessageIn(
        message_sid=_sid(form, "MessageSid"),
        from_=_needed(form, "From"),
        to=_needed(form, "To"),
        body=body,
        stops=verdict == "STOP" or (not verdict and parse_reply(body).act is ReplyKind.STOP),
        starts=verdict == "START",
        helped=verdict == "HELP",
        raw=_raw(form),
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
