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
    """A guardian, who knows the customer, fears for them. Never found in a talk with the customer."""
    AGENT_REQUESTED = "agent_requested"
    CALLBACK_VERIFY = "callback_verify"
    OPT_OUT = "opt_out"
    CONSISTENT = "consistent"
    PARTIAL = "partial"
    HUNG_UP = "hung_up"
    NO_INPUT = "no_input"


PRIORITY: dict[Outcome, int] = {outcome: rank for rank, outcome in enumerate(Outcome)}
"""Lower ranks first. Asking for a human, a callback or no more calls is not a yes, so it outranks `consistent`."""

CALLS_FOR_HELP = frozenset({Outcome.DISTRESS, Outcome.NOT_ME, Outcome.ALREADY_PAID})
"""Calls for help: whatever became of the payment, the script answers them and promises that a human calls."""

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
"""Outcomes that speak for the hold, whichever of the customer's transfers they were said about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one conversation taught us, and for which transfers it may support a release."""

    id: EvidenceId
    attempt_id: AttemptId | None = None
    contact: Contact
    outcome: Outcome
    score: Decimal = Decimal(0)
    """Sum of the weights of risky answers, 0 to 4; half weight for "not sure"."""
    live_person: bool = False
    """A human pressed keys or spoke in answer to a question: not a recording, not a machine."""
    named: tuple[TransferId, ...] = ()
    """The transfers named in the conversation and known when it began."""
    at: datetime
    by: str | None = None
    """The account of the agent who found it out; None for what the machine heard. An agent's word never proves a
    release: a person who releases does so by an act of their own."""

    @property
    def scored(self) -> bool:
        """True if the customer answered the questions of a script. What a guardian, an agent or a text says has no
        score."""
        from_customer = self.contact is not Contact.GUARDIAN and self.by is None and self.attempt_id is not None
        return from_customer and questions_answered(self.outcome, self.score)


def questions_answered(outcome: str, score: Decimal) -> bool:
    """True if the questions of a script led to this. A zero is an answer only where it speaks for the payment: whoever
    pressed a key at the greeting has answered none."""
    return score > 0 or outcome == Outcome.CONSISTENT
