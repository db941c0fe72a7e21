"""Record a guardian's answer to a prompt, by SMS or phone, with its confirmation, and start what follows from it: a
timer, the next guardian, or a review by a human.

What the answer means for the payment is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection

from wakeup.domain.confirmation import (
    ANSWERABLE,
    CONFIRMATION_TRANSITIONS,
    Confirmation,
    ConfirmationEvent,
    GuardianAnswer,
    Step,
)
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import PartyId
from wakeup.domain.states import move
from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import alarm_after_allow
from wakeup.usecases.guardians.ask_guardian import ask_guardian, within_window
from wakeup.usecases.ladder.climb import hurry_on

_BY_PHONE = {
    "worried": GuardianAnswer.WORRIED,
    "will_call": GuardianAnswer.WILL_CALL,
    "not_sure": GuardianAnswer.UNSURE,
    "aware": GuardianAnswer.AWARE,
}
"""The answers of script `guardian_call` by the names of its flags, the worried one first."""
_ONE_MAY_ANSWER = frozenset({"prompt_open", "answered"})
"""Reasons not to ask another guardian because one may still answer, or has."""


def record_answer(file: CaseFile, confirmation: Confirmation, answer: GuardianAnswer) -> Confirmation:
    """Record an answer and return the confirmation after it. The confirmation must be answerable."""
    # A worried answer is not withdrawn by a later one: another person may hold the phone by now.
    kept = GuardianAnswer.WORRIED if confirmation.answer is GuardianAnswer.WORRIED else answer
    now = replace(
        confirmation,
        state=move(CONFIRMATION_TRANSITIONS, confirmation.state, ConfirmationEvent.ANSWER),
        answer=kept,
        answered_at=file.now,
        step=Step.EXPIRE,
        due_at=confirmation.expires_at,
    )
    if kept is GuardianAnswer.WILL_CALL and confirmation.answer in {kept, GuardianAnswer.AWARE}:
        # "Not yet", or the same SMS once more: the guardian is asked back once and then left in peace.
        now = replace(now, step=confirmation.step, due_at=confirmation.due_at)
    elif kept is GuardianAnswer.WILL_CALL:
        wait = within_window(file, file.unit.policy.messages.ask_back_after, 3)
        now = replace(now, step=Step.ASK_BACK, due_at=min(file.now + wait, confirmation.expires_at))
    elif kept is GuardianAnswer.AWARE:
        # This changes nothing: the next guardian is asked when they would have been without this answer, or when
        # this guardian would have been asked back.
        step = Step.NEXT_GUARDIAN if confirmation.step is Step.ASK_BACK else confirmation.step
        now = replace(now, step=step, due_at=confirmation.due_at)
    file.unit.confirmations.save(now)
    file.unit.wakes.add("message")
    if kept is GuardianAnswer.UNSURE:
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


def pass_on(file: CaseFile, confirmation: Confirmation, why: str) -> None:
    """Ask the next guardian. Happens once for each guardian passed over."""
    if confirmation.passed_on:
        return
    file.unit.confirmations.save(replace(confirmation, passed_on=True))
    file.note("guardian_passed_over", confirmation=confirmation.id, party=confirmation.party_id, reason=why)
    refused = ask_guardian(file, f"after:{why}")
    if refused is not None and refused not in _ONE_MAY_ANSWER:
        hurry_on(file)


def request_review(file: CaseFile, reason: str) -> None:
    """Request a review within the policy's time limit. A transfer that was released already cannot be held, but a
    human can call the bank."""
    due_at = file.now + file.unit.policy.messages.review_within
    file.note("review_wanted", "guardian", reason=reason, due_at=due_at.isoformat())
    escalate(file, within=file.unit.policy.messages.review_within)
    alarm_after_allow(file, "guardian_after_allow", "guardian", reason=reason)
