"""The promise that a human talks to the customer: by when it is due, whether the customer still waits, and the one
alarm if it is late."""

from __future__ import annotations

from wakeup.domain.decision import Effect
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOverState
from wakeup.domain.to_do import AUTOMATIC_EFFECTS, PERSON_WITHIN, to_do
from wakeup.domain.transfer import Transfer
from wakeup.usecases.case.follow_up import awaiting_callback, why_unheld
from wakeup.usecases.case.parties import is_anothers
from wakeup.usecases.casefile import CaseFile


def end_kept_promise(file: CaseFile) -> None:
    """Forget the promise if the customer no longer waits for a human."""
    if file.case.person_due_at is not None and not _waits(file):
        file.update(replace(file.case, person_due_at=None, person_late_at=None))


def alarm_late_promise(file: CaseFile) -> None:
    """Raise the alarm, once, that a customer who was promised a human still waits. A promise that was kept ends.

    A customer on the line with an agent does not wait, though nothing is written down yet: look again later.
    """
    end_kept_promise(file)
    due_at = file.case.person_due_at
    if due_at is None or due_at > file.now or file.case.person_late_at is not None:
        return
    if _talks_with_agent(file):
        file.update(replace(file.case, person_due_at=file.now + PERSON_WITHIN))
        file.unit.wakes.add("settle")
    else:
        file.alarm("promise_late", due_at=due_at.isoformat())
        file.update(replace(file.case, person_late_at=file.now))


def _talks_with_agent(file: CaseFile) -> bool:
    """True if an agent talks with the customer. A guardian's talk with one keeps no promise to the customer."""
    talks = file.unit.hand_overs.of_case(file.case.id)
    return any(one.state is HandOverState.JOINED and not is_anothers(file, one.attempt_id) for one in talks)


def _waits(file: CaseFile) -> bool:
    """True if the queue still shows the case because a human is promised or wanted."""
    still_open, unheld = file.open_transfers(), file.case.unheld_at is not None
    if (still_open or unheld) and file.review.person_wanted_at is not None:
        return True
    if any(still_promised(file, transfer) for transfer in still_open):
        return True
    if not unheld:
        return False
    return Effect.PERSON in why_unheld(file).values() or awaiting_callback(file)


def still_promised(file: CaseFile, transfer: Transfer) -> frozenset[Effect]:
    """Return what the decision in force asks of staff, if it promised the customer a human whom they still wait for."""
    newest = file.unit.decisions.newest(transfer.id)
    if newest is None or Effect.PERSON not in newest.effects:
        return frozenset()
    reached_at = file.unit.reviews.reached_at(transfer)
    left = to_do(transfer.state, newest.effects, newest.decided_at, reached_at, None, unheld=None)
    return left - AUTOMATIC_EFFECTS if Effect.PERSON in left else frozenset()
