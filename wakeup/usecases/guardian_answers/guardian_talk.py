"""Evidence from calls to guardians. It supports a hold or says nothing, because anybody may hold the guardian's
phone."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.outcome import PROTECTIVE, Contact, Outcome
from wakeup.domain.party import Role
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.scoring import Findings
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardian_answers.record_answer import answered_by_phone, request_review

ANSWER = "guardian_"
"""Prefix of the flags that are a guardian's answers: `guardian_worried`, `guardian_aware` …"""
WORRIED = f"{ANSWER}worried"
_SAYS_SOMETHING = frozenset({Outcome.GUARDIAN_WORRIED, Outcome.DISTRESS, Outcome.AGENT_REQUESTED})
_SAYS_NOTHING = frozenset({Outcome.PARTIAL, Outcome.HUNG_UP, Outcome.NO_INPUT})
_NOT_THE_CUSTOMER = frozenset({Contact.VOICEMAIL, Contact.FAX, Contact.CALL_SCREENER, Contact.WRONG_NUMBER})


def is_guardian(file: CaseFile, attempt: Attempt) -> bool:
    return file.role_of(attempt) is Role.GUARDIAN


def as_evidence(found: Findings) -> Findings:
    """Convert a script's findings to a guardian's: never the right party, never about a named payment, never saying
    it is genuine."""
    # A worried guardian counts as by SMS: it holds the payment, and the customer must still be warned.
    outcome = Outcome.GUARDIAN_WORRIED if found.outcome is Outcome.KEEP_HOLD else found.outcome
    outcome = outcome if outcome in _SAYS_SOMETHING | _SAYS_NOTHING else Outcome.PARTIAL
    contact = found.contact if found.contact in _NOT_THE_CUSTOMER else Contact.GUARDIAN
    return replace(found, outcome=outcome, contact=contact, transfer_named=False)


def record_guardians_answer(file: CaseFile, attempt: Attempt, ended: Conversation) -> None:
    """Record a guardian's answer from a call. A guardian who opts out gets no more calls; calls to others go on."""
    answers = sorted(flag.removeprefix(ANSWER) for flag in ended.flags if flag.startswith(ANSWER))
    file.note("guardian_answered", "guardian", attempt=attempt.id, answer=answers[0] if answers else "nothing")
    answered_by_phone(file, attempt.party_id, answers)
    if ended.outcome in PROTECTIVE:
        # A hold that rests on a guardian alone is reviewed by a human, as is one that rests on a guardian's SMS.
        file.update(replace(file.case, guardian_worried=True))
        request_review(file, "guardian_worried")
    if ended.outcome is Outcome.OPT_OUT:
        file.unit.parties.silence(attempt.party_id)
        file.note("guardian_opted_out", "guardian", attempt=attempt.id, party=attempt.party_id)
