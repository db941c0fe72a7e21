"""Three of the four vocabularies of a call: disposition, contact and outcome. The fourth is the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from wakeup.domain.ids import AttemptId, EvidenceId, TransferId


class Disposition(StrEnum):
    """How an attempt ended on the line."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELED = "canceled"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


class Contact(StrEnum):
    """Who answered."""

    RIGHT_PARTY = "right_party"
    UNVERIFIED_HUMAN = "unverified_human"
    THIRD_PARTY = "third_party"
    SUSPECTED_FORWARDED = "suspected_forwarded"
    VOICEMAIL = "voicemail"
    CALL_SCREENER = "call_screener"
    FAX = "fax"
    WRONG_NUMBER = "wrong_number"
    NOBODY = "nobody"
    GUARDIAN = "guardian"


class Outcome(StrEnum):
    """What the conversation taught us, in falling order of priority when several are known."""

    NOT_ME = "not_me"
    DISTRESS = "distress"
    ALREADY_PAID = "already_paid"
    COACHED = "coached"
    PERSISTS = "persists"
    CONTRADICTED = "contradicted"
    UNDECIDED = "undecided"
    KEEP_HOLD = "keep_hold"
    DISSUADED = "dissuaded"
    GUARDIAN_WORRIED = "guardian_worried"
    """Never found by a talk with the customer: somebody who knows them fears for them."""
    AGENT_REQUESTED = "agent_requested"
    CALLBACK_VERIFY = "callback_verify"
    OPT_OUT = "opt_out"
    CONSISTENT = "consistent"
    PARTIAL = "partial"
    HUNG_UP = "hung_up"
    NO_INPUT = "no_input"


PRIORITY: dict[Outcome, int] = {outcome: rank for rank, outcome in enumerate(Outcome)}
"""Lower ranks first. A wish for a person, a call-back or an end of calls outranks `consistent`: none is a yes."""

CALLS_FOR_HELP = frozenset({Outcome.DISTRESS, Outcome.NOT_ME, Outcome.ALREADY_PAID})
"""Whoever says so is answered in the script's own words, whatever became of the payment, and told that somebody calls
them."""

PROTECTIVE = frozenset(
    {
        Outcome.NOT_ME,
        Outcome.DISTRESS,
        Outcome.ALREADY_PAID,
        Outcome.COACHED,
        Outcome.PERSISTS,
        Outcome.CONTRADICTED,
        Outcome.UNDECIDED,
        Outcome.KEEP_HOLD,
        Outcome.DISSUADED,
        Outcome.GUARDIAN_WORRIED,
    }
)
"""Outcomes that speak for the hold, on whichever transfer of the customer they were said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one conversation taught us, and about which transfers it may speak for a release."""

    id: EvidenceId
    attempt_id: AttemptId | None = None
    contact: Contact
    outcome: Outcome
    score: Decimal = Decimal(0)
    """Sum of the weights of risky answers, 0 to 4; half weight for "not sure"."""
    live_person: bool = False
    """Somebody pressed keys or spoke in answer to what was asked: no recording, no machine."""
    named: tuple[TransferId, ...] = ()
    """The transfers named in the conversation and known when it began."""
    at: datetime
    by: str | None = None
    """The account of the agent who found it out; None for what the machine heard. An agent's word is no proof of
    release: whoever releases does so as an act of their own."""
