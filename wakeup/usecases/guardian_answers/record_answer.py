"""Record a guardian's answer to a prompt, by SMS or phone, with its confirmation, and start what follows from it: a
timer, or the next guardian.

What the answer means for the payment is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection

from wakeup.domain.confirmation import (
    ANSWERABLE,
    CONFIRMATION_TRANSITIONS,
    Answer,
    Confirmation,
    ConfirmationEvent,
    Step,
)
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import PartyId
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardian_answers.next_guardian import pass_on
from wakeup.usecases.guardians.ask_guardian import within_window

_BY_PHONE = {
    "worried": Answer.WORRIED,
    "will_call": Answer.WILL_CALL,
    "not_sure": Answer.UNSURE,
    "aware": Answer.AWARE,
}
"""The answers of script `guardian_call` by the names of its flags, the worried one first."""


def record_answer(file: CaseFile, confirmation: Confirmation, answer: Answer) -> Confirmation:
    """Record an answer and return the confirmation after it. The confirmation must be answerable."""
    # A worried answer is not withdrawn by a later one: another person may hold the phone by now.
    kept = Answer.WORRIED if confirmation.answer is Answer.WORRIED else answer
    now = replace(
        confirmation,
        state=CONFIRMATION_TRANSITIONS[confirmation.state][ConfirmationEvent.ANSWER],
        answer=kept,
        answered_at=file.now,
        step=Step.EXPIRE,
        due_at=confirmation.expires_at,
    )
    if kept is Answer.WILL_CALL and confirmation.answer in {kept, Answer.AWARE}:
        # "Not yet", or the same SMS once more: the guardian is asked back once and then left in peace.
        now = replace(now, step=confirmation.step, due_at=confirmation.due_at)
    elif kept is Answer.WILL_CALL:
        wait = within_window(file, file.unit.policy.messages.ask_back_after, 3)
        now = replace(now, step=Step.ASK_BACK, due_at=min(file.now + wait, confirmation.expires_at))
    elif kept is Answer.AWARE:
        # This changes nothing: the next guardian is asked when they would have been without this answer, or when
        # this guardian would have been asked back.
        step = Step.NEXT_GUARDIAN if confirmation.step is Step.ASK_BACK else confirmation.step
        now = replace(now, step=step, due_at=confirmation.due_at)
    file.unit.confirmations.save(now)
    file.unit.wakes.add("message")
    if kept is Answer.UNSURE:
        pass_on(file, now, "unsure")
    return now


def answered_by_phone(file: CaseFile, party_id: PartyId, said: Collection[str]) -> None:
    """Record an answer given in a call for every answerable prompt sent to this number."""
    answer = next((answer for word, answer in _BY_PHONE.items() if word in said), None)
    number = file.unit.parties.get(party_id, file.case.customer_id).number_index
    asked = [c for c in file.unit.confirmations.of_case(file.case.id) if c.number_index == number]
    for confirmation in asked:
        if answer is not None and confirmation.state in ANSWERABLE:
            record_answer(file, confirmation, answer)
