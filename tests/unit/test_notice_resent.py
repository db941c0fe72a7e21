"""A notice to the customer that failed temporarily is sent once more an hour later, if it is still true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import PHONE
from tests.unit.guardian_steps import texts
from tests.unit.sms_desk import SmsDesk
from wakeup.domain.decision import Ruling, Verdict
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.sms import Sms, SmsKind
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.inputs import MessageProgress

HELD = T0 + 30 * MINUTE


def notices(desk: SmsDesk, case_id: CaseId) -> list[Sms]:
    return [sms for sms in texts(desk, case_id) if sms.kind is SmsKind.OUTCOME]


def held(desk: SmsDesk) -> CaseId:
    """A payment on hold whose notice is on the way."""
    case_id = desk.flag(1, phone=PHONE, minutes=30).case_id
    desk.on(case_id, HELD, settle_file)
    desk.send(HELD)
    return case_id


def lost(desk: SmsDesk, sms: Sms, after: timedelta, code: int = 30003, reason: str = "unreachable") -> None:
    desk.receipt(sms, MessageProgress.FAILED, HELD + after, code=code, reason=reason)


@pytest.mark.parametrize(
    ("code", "reason"), [(30001, "carrier_queue_full"), (30003, "unreachable"), (30008, "carrier_failure")]
)
def test_a_customer_whose_phone_was_off_is_told_of_the_hold_an_hour_later(code: int, reason: str) -> None:
    desk = SmsDesk()
    case_id = held(desk)
    [first] = notices(desk, case_id)
    lost(desk, first, MINUTE, code, reason)
    assert desk.send(HELD + HOUR) == []
    assert len(desk.send(HELD + HOUR + MINUTE)) == 1
    _, second = notices(desk, case_id)
    assert (second.body, second.latest_at) == (first.body, first.latest_at)
    assert second.message_sid != first.message_sid


def test_a_failed_notice_is_sent_again_only_once() -> None:
    desk = SmsDesk()
    case_id = held(desk)
    lost(desk, notices(desk, case_id)[0], MINUTE)
    desk.send(HELD + 2 * HOUR)
    lost(desk, notices(desk, case_id)[1], 3 * HOUR)
    assert len(notices(desk, case_id)) == 2


@pytest.mark.parametrize(
    ("code", "reason"), [(30004, "blocked"), (30006, "landline"), (30007, "filtered"), (21610, "opted_out")]
)
def test_a_notice_that_no_later_hour_mends_is_not_sent_again(code: int, reason: str) -> None:
    desk = SmsDesk()
    case_id = held(desk)
    lost(desk, notices(desk, case_id)[0], MINUTE, code, reason)
    assert len(notices(desk, case_id)) == 1


def test_a_notice_that_is_not_true_any_more_is_not_sent_again() -> None:
    desk = SmsDesk()
    case_id = held(desk)
    lost(desk, notices(desk, case_id)[0], MINUTE)
    payment = desk.transfer(TransferId("t_1"))

    def released(file: CaseFile) -> None:
        record_decision(file, payment, Verdict(ruling=Ruling.ALLOW, reason="by_hand"))

    desk.on(case_id, HELD + 2 * MINUTE, released)
    assert desk.send(HELD + 2 * HOUR) == []


def test_a_missed_call_and_a_lesson_are_not_sent_again() -> None:
    desk = SmsDesk()
    case_id = held(desk)
    desk.send(HELD + 24 * HOUR)
    [lesson] = [sms for sms in texts(desk, case_id) if sms.kind is SmsKind.EDUCATION and sms.message_sid]
    before = len(texts(desk, case_id))
    lost(desk, lesson, 25 * HOUR)
    assert len(texts(desk, case_id)) == before
