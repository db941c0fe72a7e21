"""State changes of an SMS: bound to its message SID, moved by rank, together with the confirmation that it asks
for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from wakeup.domain.confirmation import CONFIRMATION_TRANSITIONS, Confirmation, ConfirmationEvent, Step
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import SmsId
from wakeup.domain.sms import EVENT_RANK, SMS_RANK, SMS_TRANSITIONS, Sms, SmsEvent, SmsKind
from wakeup.domain.states import after, move
from wakeup.usecases.case.notify_customer import resend_notice
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardian_answers.record_answer import pass_on
from wakeup.usecases.guardians.invite_guardian import allow_another_invitation
from wakeup.usecases.records import Fact
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.unit import Unit

RECEIPT_OVERDUE = timedelta(seconds=60)
"""An accepted SMS without any further receipt is queried after this time."""
OPTED_OUT = "opted_out"


class TextFile:
    """One SMS, with its case locked if it has one. Without a case there is no timeline to write to."""

    def __init__(self, unit: Unit, sms: Sms, case: CaseFile | None, now: datetime) -> None:
        self.unit, self.sms, self.case, self.now = unit, sms, case, now

    def note(self, kind: str, **data: Fact) -> None:
        if self.case is not None:
            self.case.note(kind, sms=self.sms.id, **data)

    def save(self, sms: Sms) -> None:
        """Store the changed SMS."""
        self.sms = sms
        self.unit.texts.save(sms)


@contextmanager
def open_text(unit: Unit, sms_id: SmsId, now: datetime, *, if_free: bool = False) -> Iterator[TextFile | None]:
    """Open the SMS under the lock of its case, or of its customer. Yields None if it does not exist, or if its
    customer was erased while the lock was waited for. `if_free`: raises LockedError if another transaction holds
    the case."""
    found = unit.texts.get(sms_id)
    if found is None:
        yield None
        return
    if found.case_id is None:
        unit.customers.lock(found.customer_id)
        still = unit.texts.get(sms_id)
        yield None if still is None else TextFile(unit, still, None, now)
        return
    locked = unit.cases.lock_if_free(found.case_id) if if_free else unit.cases.lock(found.case_id)
    with CaseFile(unit, locked, now) as case:
        still = unit.texts.get(sms_id)
        yield None if still is None else TextFile(unit, still, case, now)


def bind_text(file: TextFile, message_sid: str) -> bool:
    """Bind the SMS to a message SID by compare-and-set: the first SID wins. Returns False for a SID that is not
    the SMS's own; that message is left alone."""
    if file.sms.message_sid is None and file.sms.state in SMS_RANK:
        file.save(replace(file.sms, message_sid=message_sid, checks=0))
        file.note("sms_bound", message=message_sid)
        return True
    if file.sms.message_sid != message_sid:
        file.note("sms_stranger", message=message_sid)
    return file.sms.message_sid == message_sid


def merge_text(file: TextFile, event: SmsEvent, *, reason: str | None = None, code: int | None = None) -> None:
    """Apply one event from outside. A higher rank moves the SMS, the first final state stays, and older events
    change nothing."""
    if file.sms.state not in SMS_RANK or EVENT_RANK[event] <= SMS_RANK[file.sms.state]:
        return
    match event:
        case SmsEvent.ACCEPT:
            check_at = file.now + RECEIPT_OVERDUE
            move_text(file, event, replace(file.sms, sent_at=file.now, check_at=check_at, checks=0))
            file.unit.wakes.add("message")
        case SmsEvent.FAIL:
            fail_text(file, reason or "unknown", code)
        case _:
            move_text(file, event, replace(file.sms, ended_at=file.now, check_at=None))


def fail_text(file: TextFile, reason: str, code: int | None = None) -> None:
    """Record that the SMS was not delivered, or cannot be found. If it asked a guardian, the next one is asked; a
    notice to the customer may be sent again later."""
    _fail(file, reason, code, file.sms.intent_at)
    if file.case is not None:
        resend_notice(file.case, file.sms)


def refuse_text(file: TextFile, reason: str, code: int | None = None) -> None:
    """End an SMS that the POST proved not sent and that is not tried again. It counts nowhere as sent."""
    _fail(file, reason, code, None)


def _fail(file: TextFile, reason: str, code: int | None, intent_at: datetime | None) -> None:
    if reason == OPTED_OUT:
        # The recipient opted out at the phone company: do not try again.
        file.unit.do_not_call.add(file.sms.number_index, Channel.SMS, "carrier", file.now)
    failed = replace(file.sms, ended_at=file.now, check_at=None, intent_at=intent_at, reason=reason, error_code=code)
    move_text(file, SmsEvent.FAIL, failed)
    ask_somebody_else(file, reason)


def suppress_text(file: TextFile, reason: str) -> None:
    """End an SMS that a rule stopped just before it was sent."""
    move_text(file, SmsEvent.SUPPRESS, replace(file.sms, ended_at=file.now, check_at=None, reason=reason))
    ask_somebody_else(file, reason)


def move_text(file: TextFile, event: SmsEvent, sms: Sms) -> None:
    """Store the changed SMS, moved by the transition table. The timeline records it, and the confirmation follows."""
    file.save(replace(sms, state=move(SMS_TRANSITIONS, sms.state, event)))
    why: dict[str, Fact] = {"reason": sms.reason, "error_code": sms.error_code}
    told = {name: fact for name, fact in why.items() if fact is not None}
    file.note(f"sms_{file.sms.state}", purpose=file.sms.kind, **told)
    _follow(file, ConfirmationEvent(event.value))
    if file.sms.kind is SmsKind.INVITATION and file.sms.ended_at is not None and file.sms.intent_at is None:
        allow_another_invitation(file.unit, file.sms)


def _follow(file: TextFile, event: ConfirmationEvent) -> None:
    """Move the confirmation along with its prompt. A confirmation that was answered meanwhile stays answered."""
    if file.sms.kind is not SmsKind.PROMPT or file.sms.confirmation_id is None:
        return
    confirmation = file.unit.confirmations.get(file.sms.confirmation_id)
    state = after(CONFIRMATION_TRANSITIONS, confirmation.state, event)
    if state is None:
        return
    moved = replace(confirmation, state=state)
    if event in {ConfirmationEvent.FAIL, ConfirmationEvent.SUPPRESS}:
        moved = _given_up(file, moved)
    file.unit.confirmations.save(moved)


def _given_up(file: TextFile, confirmation: Confirmation) -> Confirmation:
    """Keep the code in use until it expires if the guardian may have received the prompt, whatever its receipt
    said: a reply still counts."""
    if file.sms.intent_at is None:
        return replace(confirmation, step=None, due_at=None, code=None)
    return replace(confirmation, step=Step.EXPIRE, due_at=max(confirmation.expires_at, file.now))


def ask_somebody_else(file: TextFile, reason: str) -> None:
    """Ask the next guardian at once, because the prompt was not delivered."""
    if file.case is None or file.sms.kind is not SmsKind.PROMPT or file.sms.confirmation_id is None:
        return
    confirmation = file.unit.confirmations.get(file.sms.confirmation_id)
    if confirmation.answer is None:
        pass_on(file.case, confirmation, reason)
