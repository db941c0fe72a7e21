"""An outgoing SMS: its states, its kinds, and where SMS may be sent. Sent at most once, like a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wakeup.domain.ids import CaseId, ConfirmationId, CustomerId, GuardianId, PartyId, SmsId
from wakeup.domain.policy import Messages


class SmsState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


class SmsEvent(StrEnum):
    SEND = "send"
    NOT_SENT = "not_sent"
    LOSE_TRACK = "lose_track"
    ACCEPT = "accept"
    DELIVER = "deliver"
    FAIL = "fail"
    SUPPRESS = "suppress"


_S, _E = SmsState, SmsEvent
_PROGRESS = {_E.ACCEPT: _S.SENT, _E.DELIVER: _S.DELIVERED, _E.FAIL: _S.FAILED}

SMS_TRANSITIONS: dict[SmsState, dict[SmsEvent, SmsState]] = {
    _S.QUEUED: {_E.SEND: _S.SENDING, _E.SUPPRESS: _S.SUPPRESSED},
    _S.SENDING: {_E.NOT_SENT: _S.QUEUED, _E.LOSE_TRACK: _S.UNKNOWN, **_PROGRESS},
    _S.UNKNOWN: _PROGRESS,
    _S.SENT: {_E.DELIVER: _S.DELIVERED, _E.FAIL: _S.FAILED},
    _S.DELIVERED: {},
    _S.FAILED: {},
    _S.SUPPRESSED: {},
}

SMS_RANK: dict[SmsState, int] = {_S.SENDING: 0, _S.UNKNOWN: 0, _S.SENT: 1}
"""Receipts arrive in any order: only a higher rank moves an SMS, and the first final state wins."""
EVENT_RANK: dict[SmsEvent, int] = {_E.ACCEPT: 1, _E.DELIVER: 2, _E.FAIL: 2}


class SmsKind(StrEnum):
    """What an SMS is for. Guardians get the first six kinds, the customer the last three."""

    PROMPT = "prompt"
    REMINDER = "reminder"
    ASK_BACK = "ask_back"
    HINT = "hint"
    INVITATION = "invitation"
    NUMBER_CHANGED = "number_changed"
    MISSED_CALL = "missed_call"
    OUTCOME = "outcome"
    EDUCATION = "education"


URGENT = frozenset(SmsKind) - {SmsKind.INVITATION, SmsKind.OUTCOME, SmsKind.EDUCATION}
"""Kinds that help only while a window is open, or shortly after. The other kinds never delay these."""
TO_CUSTOMER = frozenset({SmsKind.MISSED_CALL, SmsKind.OUTCOME, SmsKind.EDUCATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """One SMS. Number and text are in clear here, and only in memory."""

    id: SmsId
    kind: SmsKind
    customer_id: CustomerId
    case_id: CaseId | None = None
    party_id: PartyId | None = None
    guardian_id: GuardianId | None = None
    confirmation_id: ConfirmationId | None = None
    number_index: str
    region: str
    line_type: str
    phone: str = field(repr=False)
    body: str = field(repr=False)
    template: str
    """Kind, language and version of the wording."""
    segments: int
    state: SmsState = SmsState.QUEUED
    due_at: datetime
    latest_at: datetime
    """An SMS sent later would help no one."""
    from_number: str | None = None
    intent_at: datetime | None = None
    message_sid: str | None = None
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    error_code: int | None = None
    reason: str | None = None
    """Why it was suppressed or failed."""
    check_at: datetime | None = None
    checks: int = 0
    sends: int = 0
    """How often it was proven not sent and was tried again."""


_ONE_WAY = frozenset({"CN"})
"""SMS arrive there only by registered template, and no reply comes back."""
_NO_TEXTS = frozenset({"fixed_line", "pager", "voip"})


def destination_refusal(region: str, line_type: str, messages: Messages) -> str | None:
    """Return why no SMS may be sent to such a number, or None."""
    if region in _ONE_WAY:
        return "sms_one_way_and_template_bound"
    if line_type in _NO_TEXTS:
        return "sms_not_to_this_kind_of_line"
    if line_type not in messages.destinations.get(region, frozenset()):
        return "sms_destination_refused"
    return None
