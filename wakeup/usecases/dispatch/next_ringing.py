"""Plan what follows a call that ended: the call to the next agent or guardian if this one did not come to the
phone, otherwise the next call of the ladder."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt, Errand
from wakeup.domain.outcome import Contact, Disposition
from wakeup.usecases.agents.offers import offer_over
from wakeup.usecases.case.calls import guest_over
from wakeup.usecases.case.follow_up import escalate_missed
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.listen_in import listening_over
from wakeup.usecases.guardian_answers.guardian_talk import is_guardian
from wakeup.usecases.ladder.call_guardian import call_guardian
from wakeup.usecases.ladder.plan_calls import plan_next_call
from wakeup.usecases.ladder.resume_calls import reinstate_calls
from wakeup.usecases.ladder.rungs import set_ladder

_NOT_THEM = frozenset({Contact.NOBODY, Contact.VOICEMAIL, Contact.FAX, Contact.CALL_SCREENER, Contact.WRONG_NUMBER})
_DID_NOT_COME = frozenset({Disposition.FAILED, Disposition.UNKNOWN, Disposition.CANCELED})
"""As far as is known, no phone rang."""
_NOBODY_ELSE = frozenset({"asked_before", "none_eligible"})
"""Reasons of `call_guardian` which mean that every guardian who may be called was called. Only then is the last
one called again."""


def plan_what_follows(file: CaseFile, last: Attempt) -> None:
    """Plan the call that follows `last`, if there is one."""
    match errand := last.errand:
        case Errand.AGENT:
            offer_over(file, file.unit.attempts.get(last.id))
        case Errand.LISTENER:
            listening_over(file, last.id)
        case Errand.GUEST:
            guest_over(file, last.id)
        case Errand.LADDER:
            _ring_on(file, last)
        case Errand.APPOINTMENT | Errand.COMPANY:
            _after_promised(file, last, errand)


def _after_promised(file: CaseFile, last: Attempt, errand: Errand) -> None:
    """Plan what follows an appointment, or a call that was to bring a guardian to a waiting customer."""
    if last.disposition in _DID_NOT_COME:
        # The callee who was promised this call waits for it and was not told that it may be lost, so staff must
        # know.
        escalate_missed(file, last)
    if errand is Errand.COMPANY:
        # The next guardian is rung by the conversation in which the customer waits.
        plan_next_call(file, last)
    else:
        _ring_on(file, last)
    # Reinstate the calls that were cancelled for the appointment, and the rungs that waited for it.
    reinstate_calls(file, last)
    set_ladder(file)


def _ring_on(file: CaseFile, last: Attempt) -> None:
    """Ring the next guardian in place of one who did not come to the phone; otherwise plan the next call of the
    ladder."""
    if not _missed_guardian(file, last) or call_guardian(file) in _NOBODY_ELSE:
        plan_next_call(file, last)


def _missed_guardian(file: CaseFile, last: Attempt) -> bool:
    """True if this call was to a guardian who did not come to the phone, and a transfer is still pending."""
    if not is_guardian(file, last):
        return False
    return bool(file.pending()) and (last.disposition is not Disposition.ANSWERED or last.contact in _NOT_THEM)
