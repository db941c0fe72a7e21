"""What a conversation asked for, turned into acts. A script wishes; whether it is granted is decided here."""

from __future__ import annotations

from collections.abc import Collection

from wakeup.domain.attempt import Attempt
from wakeup.domain.decision import Effect
from wakeup.domain.transfer import TransferState
from wakeup.ivr.conversation import Wish
from wakeup.usecases.appointments import plan_appointment
from wakeup.usecases.ask_guardian import ask_guardian
from wakeup.usecases.casefile import CaseFile

THREATENED = "extortion"
"""Who is threatened with being shown to their family is not helped by our telling the family."""


def grant(file: CaseFile, attempt: Attempt, wishes: Collection[Wish]) -> None:
    """The wishes that are new with this turn, in the same transaction as the turn."""
    for wish in sorted(wishes):
        match wish:
            case Wish.CALLBACK:
                plan_appointment(file, attempt)
            case Wish.GUARDIAN:
                _tell_guardian(file, attempt)


def _tell_guardian(file: CaseFile, attempt: Attempt) -> None:
    current = (TransferState.PENDING, TransferState.HELD)
    if any(t.typology == THREATENED for t in file.transfers() if t.state in current):
        file.note("guardian_not_told", attempt=attempt.id, reason=THREATENED)
        return
    file.note("guardian_wished", "callee", attempt=attempt.id, effect=Effect.GUARDIAN)
    ask_guardian(file, "wish")
