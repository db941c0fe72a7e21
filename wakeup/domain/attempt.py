"""An attempt: one planned ringing of one party, with the table of its states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wakeup.domain.fast_dataclass import fast_init
from wakeup.domain.ids import AttemptId, CallSid, CaseId, PartyId
from wakeup.domain.outcome import Contact, Disposition


class AttemptState(StrEnum):
    PLANNED = "planned"
    CLAIMED = "claimed"
    SENDING = "sending"
    UNKNOWN = "unknown"
    PLACED = "placed"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    NOT_PLACED = "not_placed"
    SURFACED = "surfaced"
    SUPPRESSED = "suppressed"
    CANCELED = "canceled"


class AttemptEvent(StrEnum):
    CLAIM = "claim"
    LEASE_LOST = "lease_lost"
    INTEND = "intend"
    NOT_SENT = "not_sent"
    REFUSE = "refuse"
    LOSE_TRACK = "lose_track"
    ACCEPT = "accept"
    RING = "ring"
    ANSWER = "answer"
    END = "end"
    NOT_FOUND = "not_found"
    SURFACE = "surface"
    SUPPRESS = "suppress"
    CANCEL = "cancel"


class Errand(StrEnum):
    """What a call is for. A person waits for every call except those of the ladder (`WAITED_FOR`)."""

    LADDER = "ladder"
    """Call the customer, or a guardian, because the ladder says so."""
    APPOINTMENT = "appointment"
    """Call at the time that the callee was told."""
    COMPANY = "company"
    """Bring a guardian to the customer, who waits on the line."""
    AGENT = "agent"
    """Bring an agent to a callee who waits on the line."""
    GUEST = "guest"
    """Bring a guardian into an agent's conversation."""
    LISTENER = "listener"
    """Let a supervisor listen to an agent's conversation."""


WAITED_FOR = frozenset(Errand) - {Errand.LADDER}
"""A person waits for calls on these errands."""
STAFF_ERRANDS = frozenset({Errand.AGENT, Errand.LISTENER})
"""Errands of the calls to the bank's own staff."""


_S, _E = AttemptState, AttemptEvent
_CALL_PROGRESS = {_E.ACCEPT: _S.PLACED, _E.RING: _S.RINGING, _E.ANSWER: _S.ANSWERED, _E.END: _S.ENDED}

ATTEMPT_TRANSITIONS: dict[AttemptState, dict[AttemptEvent, AttemptState]] = {
    _S.PLANNED: {_E.CLAIM: _S.CLAIMED, _E.SUPPRESS: _S.SUPPRESSED, _E.CANCEL: _S.CANCELED},
    _S.CLAIMED: {
        _E.LEASE_LOST: _S.PLANNED,
        _E.INTEND: _S.SENDING,
        _E.SUPPRESS: _S.SUPPRESSED,
        _E.CANCEL: _S.CANCELED,
    },
    _S.SENDING: {
        _E.NOT_SENT: _S.PLANNED,
        _E.REFUSE: _S.ENDED,
        _E.LOSE_TRACK: _S.UNKNOWN,
        **_CALL_PROGRESS,
    },
    _S.UNKNOWN: {_E.NOT_FOUND: _S.NOT_PLACED, **_CALL_PROGRESS},
    _S.PLACED: {_E.RING: _S.RINGING, _E.ANSWER: _S.ANSWERED, _E.END: _S.ENDED},
    _S.RINGING: {_E.ANSWER: _S.ANSWERED, _E.END: _S.ENDED},
    _S.ANSWERED: {_E.END: _S.ENDED},
    _S.NOT_PLACED: {_E.SURFACE: _S.SURFACED},
    _S.ENDED: {},
    _S.SURFACED: {},
    _S.SUPPRESSED: {},
    _S.CANCELED: {},
}

LIVE = frozenset({_S.SENDING, _S.UNKNOWN, _S.PLACED, _S.RINGING, _S.ANSWERED})
"""A call may exist: no other attempt rings this number, and the attempt counts as using a line."""
NOT_BEGUN = frozenset({_S.PLANNED, _S.CLAIMED})
"""No POST was made yet: the call can still be cancelled."""
OVER = frozenset({_S.ENDED, _S.NOT_PLACED, _S.SURFACED, _S.SUPPRESSED, _S.CANCELED})
DOUBTED = -1
"""Value of `Attempt.checks` of an answered call that is asked about whatever its turns say."""
CALL_RANK: dict[AttemptState, int] = {_S.SENDING: 0, _S.UNKNOWN: 0, _S.PLACED: 1, _S.RINGING: 2, _S.ANSWERED: 3}
"""Callbacks arrive in any order: only a higher rank moves an attempt, and the first final state wins."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One planned ringing of one party. Times are aware UTC; numbers appear only as keyed hashes."""

    id: AttemptId
    case_id: CaseId
    party_id: PartyId
    number_index: str
    n: int
    """First attempt of the case is 1."""
    state: AttemptState = AttemptState.PLANNED
    due_at: datetime
    latest_start: datetime
    """Latest start at which the call can still change the decision."""
    value: int = 0
    """What the call is expected to save, in hundredths of the base currency. Orders calls under overload
    (`call_value.value_of`)."""
    errand: Errand = Errand.LADDER
    """What the call is for. It never changes."""
    fair_class: int = 0
    """Order on the lines that are not given out by value, lowest first (`call_value.fair_class_of`)."""
    claimed_by: str | None = None
    claim_token: str | None = None
    lease_until: datetime | None = None
    from_number: str | None = None
    intent_at: datetime | None = None
    call_sid: CallSid | None = None
    placed_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    disposition: Disposition | None = None
    contact: Contact | None = None
    error_code: int | None = None
    """Error code with which the provider definitely refused the call."""
    number_at_fault: bool = False
    """The provider refused because of this number: ringing it again is useless."""
    check_at: datetime | None = None
    """When to ask the provider for the call's state, if no webhook has told it before."""
    checks: int = 0
    """How often the provider was asked and did not know the call. `DOUBTED` where something other than its age says
    that an answered call may be over; 0 again as soon as it shows itself."""
    sends: int = 0
    """How often this attempt was proven not sent and was tried again."""
    call_code: str | None = field(default=None, repr=False)
    """The code the voice speaks and the bank's app shows. Random per call, and deleted when the call ends."""
    answered_by: str | None = None

    @property
    def promised(self) -> bool:
        """True if a person waits for this call: someone on the line, or a callee who was told the time. The call
        outlives the decision, and nothing moves it."""
        return self.errand in WAITED_FOR

    @property
    def rings_staff(self) -> bool:
        """True for a call to an agent or supervisor."""
        return self.errand in STAFF_ERRANDS
