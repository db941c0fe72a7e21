"""Call the next guardian of a case: a rung of its ladder. The guardian hears the script `guardian_call`, and can
only add protection."""

from __future__ import annotations

from wakeup.domain.confirmation import needs_no_more_answers
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.ask_guardian import guardian_barred
from wakeup.usecases.guardians.choose_guardian import choose_guardian
from wakeup.usecases.ladder.plan_calls import in_a_persons_hands, plan_call
from wakeup.usecases.ladder.rungs import TAKEN_OVER
from wakeup.usecases.repositories.texts import Channel


def call_guardian(file: CaseFile) -> str | None:
    """Plan a call to the first guardian whom nothing speaks against. Returns None when it is planned, otherwise
    the reason why not.

    A guardian who was asked by SMS and did not reply is called all the same: that is what this rung is for.
    """
    reason = _why_nobody(file)
    if reason is None:
        chosen = choose_guardian(file, Channel.VOICE)
        reason = chosen.reason if chosen.party is None else plan_call(file, chosen.party)
    if reason is not None:
        file.note("guardian_not_called", reason=reason)
    return reason


def _why_nobody(file: CaseFile) -> str | None:
    if barred := guardian_barred(file):
        return barred
    if in_a_persons_hands(file):
        return TAKEN_OVER
    answered = needs_no_more_answers(file.unit.confirmations.of_case(file.case.id))
    return "answered" if answered or file.case.guardian_worried else None
