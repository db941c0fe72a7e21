"""What falls due for an unanswered prompt: a reminder, the next guardian, a question back, and the expiry of its
code."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.confirmation import (
    CONFIRMATION_TRANSITIONS,
    OPEN,
    Confirmation,
    ConfirmationEvent,
    GuardianAnswer,
    Step,
)
from wakeup.domain.confirmation import ConfirmationState as State
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import ConfirmationId
from wakeup.domain.sms import SmsKind
from wakeup.domain.states import after
from wakeup.usecases.case.customer import is_unreadable
from wakeup.usecases.case.queue_sms import queue_sms
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.due import Due, if_due
from wakeup.usecases.guardian_answers.record_answer import pass_on
from wakeup.usecases.guardians.ask_guardian import prompt_words, within_window
from wakeup.usecases.unit import Unit

NOT_ENOUGH = {None: "no_reply", GuardianAnswer.AWARE: "aware", GuardianAnswer.WILL_CALL: "not_reached"}
"""Answers after which the next guardian is asked when patience ends, with the reason noted."""


def prompts_due(unit: Unit, now: datetime, limit: int) -> Due[ConfirmationId]:
    """Return the confirmations for which something is due."""
    return if_due(
        unit.confirmations.next_due(), now, lambda: [prompt.id for prompt in unit.confirmations.due(now, limit)]
    )


def wait_for_reply(unit: Unit, confirmation_id: ConfirmationId, now: datetime) -> None:
    """Do what is due for one confirmation."""
    with CaseFile(unit, unit.cases.lock_if_free(unit.confirmations.get(confirmation_id).case_id), now) as file:
        confirmation = unit.confirmations.get(confirmation_id)
        if confirmation.due_at is not None and confirmation.due_at <= now:
            _step(file, confirmation)


def _step(file: CaseFile, confirmation: Confirmation) -> None:
    match confirmation.step:
        case Step.REMIND:
            _remind(file, confirmation)
        case Step.NEXT_GUARDIAN:
            waits = _until_the_end(file, confirmation)
            if waits.answer in NOT_ENOUGH:
                pass_on(file, waits, NOT_ENOUGH[waits.answer])
        case Step.ASK_BACK:
            _ask_back(file, confirmation)
        case _:
            _expire(file, confirmation)


def _remind(file: CaseFile, confirmation: Confirmation) -> None:
    messages = file.unit.policy.messages
    wait = within_window(file, messages.patience - messages.remind_after, 3)
    waits = replace(confirmation, step=Step.NEXT_GUARDIAN, due_at=min(file.now + wait, confirmation.expires_at))
    file.unit.confirmations.save(waits)
    if waits.state in OPEN - {State.QUEUED} and file.open_transfers():
        _write(file, waits, SmsKind.REMINDER)


def _ask_back(file: CaseFile, confirmation: Confirmation) -> None:
    """Ask the guardian back once. If they do not answer that either, the next guardian is asked."""
    if not file.open_transfers():
        _until_the_end(file, confirmation)
        return
    wait = within_window(file, file.unit.policy.messages.patience, 3)
    waits = replace(confirmation, step=Step.NEXT_GUARDIAN, due_at=min(file.now + wait, confirmation.expires_at))
    file.unit.confirmations.save(waits)
    _write(file, waits, SmsKind.ASK_BACK)


def _write(file: CaseFile, confirmation: Confirmation, kind: SmsKind) -> None:
    if is_unreadable(file):
        return
    party = file.unit.parties.get(confirmation.party_id, file.case.customer_id)
    words = prompt_words(file, confirmation.code)
    queue_sms(file, party, kind, words, about=confirmation, due_at=file.now, latest_at=confirmation.expires_at)


def _until_the_end(file: CaseFile, confirmation: Confirmation) -> Confirmation:
    waits = replace(confirmation, step=Step.EXPIRE, due_at=max(confirmation.expires_at, file.now))
    file.unit.confirmations.save(waits)
    return waits


def _expire(file: CaseFile, confirmation: Confirmation) -> None:
    """Release the code for reuse. An answer that was given stays."""
    state = after(CONFIRMATION_TRANSITIONS, confirmation.state, ConfirmationEvent.EXPIRE)
    file.unit.confirmations.save(
        replace(confirmation, state=state or confirmation.state, step=None, due_at=None, code=None)
    )
    if state is not None:
        file.note("guardian_silent", confirmation=confirmation.id)
