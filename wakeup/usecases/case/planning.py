"""Plan a call of a case, and cancel one that has not begun."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.attempt import Attempt, AttemptEvent, Errand
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.party import Party
from wakeup.usecases.case.calls import end_attempt
from wakeup.usecases.casefile import CaseFile

UNPLANNED = AttemptId("")
"""The id of a drafted call."""


def draft_call(
    file: CaseFile, party: Party, errand: Errand, *, due_at: datetime, latest_start: datetime, like: Attempt
) -> Attempt:
    """Return a call for which a person waits, with the value and turn of the call it serves. It is not stored: the
    last checks can judge it before it is planned."""
    return Attempt(
        id=UNPLANNED,
        case_id=file.case.id,
        party_id=party.id,
        number_index=party.number_index,
        n=len(file.calls()) + 1,
        due_at=due_at,
        latest_start=latest_start,
        value=like.value,
        fair_class=like.fair_class,
        errand=errand,
    )


def add_call(file: CaseFile, draft: Attempt) -> Attempt:
    """Give the draft its id and store it. The caller notes why the call was planned."""
    call = replace(draft, id=AttemptId(file.unit.ids.new("att")))
    file.unit.attempts.add(call, file.now)
    file.unit.wakes.add("dispatch")
    return call


def cancel_call(file: CaseFile, call: Attempt, reason: str) -> None:
    """Cancel a call that has not begun (`NOT_BEGUN`). Raises IllegalTransitionError for any other."""
    end_attempt(file, call, AttemptEvent.CANCEL)
    file.note("attempt_canceled", attempt=call.id, reason=reason)
