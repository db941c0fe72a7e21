"""What follows a ringing that ended: the next agent or guardian where one did not come to the phone, else the ladder's
own."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.transfer import TransferState
from wakeup.usecases.agents.offers import is_agent, offer_over
from wakeup.usecases.case.escalate import escalate
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.guests import guest_over
from wakeup.usecases.conference.listen_in import listening_over
from wakeup.usecases.guardian_answers.guardian_talk import is_guardian
from wakeup.usecases.ladder.call_guardian import call_guardian
from wakeup.usecases.ladder.plan_calls import plan_next_call
from wakeup.usecases.ladder.reinstate_calls import reinstate_calls
from wakeup.usecases.ladder.rungs import set_ladder

_NOT_THEM = frozenset({Contact.NOBODY, Contact.VOICEMAIL, Contact.FAX, Contact.CALL_SCREENER, Contact.WRONG_NUMBER})
_DID_NOT_COME = frozenset({Disposition.FAILED, Disposition.UNKNOWN, Disposition.CANCELED})
"""No phone rang, as far as anybody knows."""
_NOBODY_ELSE = frozenset({"asked_before", "none_eligible"})
"""Every guardian who may be rung was rung: only now the last one is tried again."""


def plan_what_follows(file: CaseFile, last: Attempt) -> None:
    """The next ringing after `last`, if there is one."""
    if is_agent(file, last):
        if not listening_over(file, last.id):
            offer_over(file, file.unit.attempts.get(last.id))
        return
    if last.promised and guest_over(file, last.id):
        return
    if _missed_guardian(file, last) and call_guardian(file) not in _NOBODY_ELSE:
        return
    if last.promised and last.disposition in _DID_NOT_COME:
        # Somebody waits for this call, and was not told that it may be lost: people shall know.
        escalate(file)
    plan_next_call(file, last)
    if last.promised:
        # The calls that gave way to it, and the rungs that waited for it.
        reinstate_calls(file, last)
        set_ladder(file)


def _missed_guardian(file: CaseFile, last: Attempt) -> bool:
    """A guardian was rung for the case, not for somebody who waits on the line, and was not there."""
    if last.promised or not is_guardian(file, last):
        return False
    pending = any(t.state is TransferState.PENDING for t in file.transfers())
    return pending and (last.disposition is not Disposition.ANSWERED or last.contact in _NOT_THEM)
