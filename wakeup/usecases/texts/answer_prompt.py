"""What a guardian's answer does: it is evidence for the hold, sets a timer, or does nothing. It never removes
protection."""

from __future__ import annotations

from wakeup.domain.confirmation import (
    ANSWERABLE,
    CONFIRMATION_TRANSITIONS,
    Confirmation,
    ConfirmationEvent,
    GuardianAnswer,
    Step,
)
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import GuardianState
from wakeup.domain.outcome import Contact, Evidence, Outcome
from wakeup.domain.reply import ReplyKind
from wakeup.domain.sms import SmsKind
from wakeup.domain.states import after
from wakeup.usecases.case.customer import is_unreadable, raise_next_tiers
from wakeup.usecases.case.guard import guard
from wakeup.usecases.case.queue_sms import queue_sms
from wakeup.usecases.case.record_evidence import new_evidence_id, record_evidence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.guardian_answers.record_answer import pass_on, record_answer, request_review
from wakeup.usecases.guardians.ask_guardian import prompt_words

_BY = "guardian"
_STATES = {ReplyKind.PAUSE: GuardianState.PAUSED, ReplyKind.LEAVE: GuardianState.LEFT}


def record_reply(file: CaseFile, confirmation: Confirmation, answer: GuardianAnswer) -> str:
    """Record the answer, and do what it asks for. Returns what the SMS was taken as."""
    if confirmation.state not in ANSWERABLE:
        return "not_asked"
    late = not file.pending()
    file.note("guardian_replied", _BY, confirmation=confirmation.id, answer=answer, late=late)
    now = record_answer(file, confirmation, answer)
    if answer is GuardianAnswer.WORRIED:
        _protect(file, now)
    return f"answer_{answer}"


def _protect(file: CaseFile, confirmation: Confirmation) -> None:
    evidence = Evidence(
        id=new_evidence_id(file), contact=Contact.GUARDIAN, outcome=Outcome.GUARDIAN_WORRIED, at=file.now
    )
    record_evidence(file, _BY, evidence, confirmation=confirmation.id)
    file.update(replace(file.case, guardian_worried=True))
    raise_next_tiers(file)
    settle_file(file)
    request_review(file, "guardian_worried")


def stop_texts(file: CaseFile, confirmation: Confirmation) -> None:
    """Stop all SMS to this guardian. While a prompt was open, STOP may also have meant "stop the payment": a human
    checks before anything is released, and a guardian who says so afterwards is heard."""
    state = after(CONFIRMATION_TRANSITIONS, confirmation.state, ConfirmationEvent.OPT_OUT)
    if state is None:
        return
    over = _no_more_texts(file, replace(confirmation, state=state))
    file.note("guardian_opted_out", _BY, confirmation=confirmation.id)
    _stop_the_payment(file)
    if over.answer is None:
        pass_on(file, over, "opted_out")


def withdraw(file: CaseFile, confirmation: Confirmation, act: ReplyKind) -> None:
    """Handle a guardian who pauses or leaves while a prompt is open: nothing more is sent to them, the next
    guardian is asked, and a human checks before anything is released, because "pause" may have meant the payment."""
    over = _no_more_texts(file, confirmation)
    file.note("guardian_withdrew", _BY, confirmation=confirmation.id, act=act)
    _stop_the_payment(file)
    if over.answer is None:
        pass_on(file, over, f"guardian_{_STATES[act]}")


def _stop_the_payment(file: CaseFile) -> None:
    """Take the message as a possible "stop the payment": too weak for evidence, but from now on no timer releases
    anything."""
    guard(file)
    settle_file(file)
    request_review(file, "guardian_stop")


def _no_more_texts(file: CaseFile, confirmation: Confirmation) -> Confirmation:
    over = replace(confirmation, step=Step.EXPIRE, due_at=max(confirmation.expires_at, file.now))
    file.unit.confirmations.save(over)
    return over


def send_hint(file: CaseFile, confirmation: Confirmation, why: str) -> None:
    """Explain how to reply, at most `max_hints` times. After that, an SMS that is not understood is only recorded."""
    file.note("guardian_wrote", _BY, confirmation=confirmation.id, taken_as=why)
    if confirmation.hints >= file.unit.policy.messages.max_hints or confirmation.state not in ANSWERABLE:
        return
    if is_unreadable(file):
        return
    party = file.unit.parties.get(confirmation.party_id, file.case.customer_id)
    file.unit.confirmations.save(replace(confirmation, hints=confirmation.hints + 1))
    words = {"code": prompt_words(file, confirmation.code)["code"]}
    queue_sms(
        file, party, SmsKind.HINT, words, about=confirmation, due_at=file.now, latest_at=confirmation.expires_at
    )  # fmt: skip
