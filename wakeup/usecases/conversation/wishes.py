"""Requests of a conversation, turned into acts. The script only asks; whether a request is granted is decided here."""

from __future__ import annotations

from collections.abc import Collection

from wakeup.domain.attempt import Attempt
from wakeup.ivr.conversation import Wish
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.appointments import plan_appointment
from wakeup.usecases.conversation.conference_call import ring_for_company
from wakeup.usecases.guardians.ask_guardian import ask_guardian

ASKED_IN_A_CALL = "script"


def grant_wishes(file: CaseFile, attempt: Attempt, wishes: Collection[Wish]) -> None:
    """Grant the requests that are new with this turn, in the same transaction as the turn."""
    for wish in sorted(wishes):
        match wish:
            case Wish.CALLBACK:
                plan_appointment(file, attempt)
            case Wish.COMPANY:
                ring_for_company(file, attempt)
            case Wish.GUARDIAN:
                refused = ask_guardian(file, ASKED_IN_A_CALL)
                file.note("guardian_wished", "callee", attempt=attempt.id, refused=refused)
