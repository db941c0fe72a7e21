"""Receipts of our SMS, and the queries to the provider when none arrives. A query never sends anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import SmsId
from wakeup.domain.sms import SmsEvent, SmsState
from wakeup.usecases.due import Due, if_due
from wakeup.usecases.inputs import MessageProgress, MessageReport
from wakeup.usecases.ports import RemoteText
from wakeup.usecases.repositories.texts import SmsEventRecord
from wakeup.usecases.texts.send_texts import lose_track
from wakeup.usecases.texts.texts import TextFile, bind_text, fail_text, merge_text, open_text
from wakeup.usecases.unit import Unit

ASK_AGAIN = timedelta(seconds=20)
RECEIPT_CHECKS = 2
"""How often an accepted SMS is queried. `sent` may be the last status that is ever known."""
_EVENTS = {
    MessageProgress.ACCEPTED: SmsEvent.ACCEPT,
    MessageProgress.SENT: SmsEvent.ACCEPT,
    MessageProgress.DELIVERED: SmsEvent.DELIVER,
    MessageProgress.FAILED: SmsEvent.FAIL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextQuestion:
    """A question for the phone company: fetch the SMS if its SID is known, otherwise search for it among our SMS."""

    sms_id: SmsId
    message_sid: str | None
    to: str = field(repr=False)
    body: str = field(repr=False)
    since: datetime
    """Time of our intent. The caller that compares it with the phone company's times must allow for the difference
    between the clocks."""


def record_receipt(unit: Unit, sms_id: SmsId, report: MessageReport, now: datetime) -> bool:
    """Record one status callback: store it as received and merge it by rank. Returns False if the SMS is unknown."""
    with open_text(unit, sms_id, now) as file:
        if file is None:
            return False
        event = SmsEventRecord(
            message_sid=report.message_sid, event=f"{report.progress}:{report.code or ''}", sms_id=sms_id,
            customer_id=file.sms.customer_id, received_at=now, raw=report.raw,
        )  # fmt: skip
        unit.texts.event(event)
        _apply(file, report)
    return True


def _apply(file: TextFile, report: MessageReport) -> None:
    if report.to and file.unit.index("number", report.to) != file.sms.number_index:
        file.note("sms_stranger", message=report.message_sid, reason="other_ends")
        return
    if bind_text(file, report.message_sid):
        merge_text(file, _EVENTS[report.progress], reason=report.reason, code=report.code)


def text_checks_due(unit: Unit, now: datetime, limit: int) -> Due[SmsId]:
    """Return the SMS whose state must be checked now."""
    return if_due(unit.texts.next_check(), now, lambda: unit.texts.to_check(now, limit))


def check_text(unit: Unit, sms_id: SmsId, now: datetime) -> TextQuestion | None:
    """Repair what needs no answer from the phone company, and return the question that must be asked."""
    with open_text(unit, sms_id, now) as file:
        return None if file is None or file.sms.check_at is None or file.sms.check_at > now else _check(file)


def _check(file: TextFile) -> TextQuestion | None:
    sms = file.sms
    match sms.state:
        case SmsState.SENDING if sms.message_sid is None:
            lose_track(file)
            return None
        case SmsState.SENDING | SmsState.UNKNOWN | SmsState.SENT:
            file.save(replace(sms, check_at=file.now + ASK_AGAIN))
        case _:
            file.save(replace(sms, check_at=None))
            return None
    return TextQuestion(
        sms_id=sms.id, message_sid=sms.message_sid, to=sms.phone, body=sms.body,
        since=sms.intent_at or file.now,
    )  # fmt: skip


def record_text_search(unit: Unit, sms_id: SmsId, found: Sequence[RemoteText], now: datetime) -> None:
    """Record our SMS with this text to this number since the intent. The matching one is bound; an SMS that is not
    found is given up after the last check and never sent again."""
    with open_text(unit, sms_id, now) as file:
        if file is None or file.sms.state is not SmsState.UNKNOWN:
            return
        mine = [text for text in found if not unit.texts.is_known(text.report.message_sid)]
        if mine:
            _apply(file, min(mine, key=lambda text: text.created_at).report)
            return
        _not_found(file)


def _not_found(file: TextFile) -> None:
    checks, plan = file.sms.checks + 1, file.unit.policy.tempo.unknown_checks
    if checks < len(plan):
        at = (file.sms.intent_at or file.now) + plan[checks]
        file.save(replace(file.sms, checks=checks, check_at=max(at, file.now)))
    else:
        fail_text(file, "not_found")


def record_text_fetch(unit: Unit, sms_id: SmsId, text: RemoteText | None, now: datetime) -> None:
    """Record what the phone company says of an SMS whose receipt is overdue."""
    with open_text(unit, sms_id, now) as file:
        if file is None:
            return
        if text is not None:
            _apply(file, text.report)
        if file.sms.state in {SmsState.SENT, SmsState.SENDING}:
            checks = file.sms.checks + 1
            still = checks < RECEIPT_CHECKS or file.sms.state is SmsState.SENDING
            check_at = now + timedelta(minutes=4) if still else None
            file.save(replace(file.sms, checks=checks, check_at=check_at))
