"""A contest in the bank's app goes to staff, and the customer is told that it has arrived."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, review_of, take
from tests.unit.sms_desk import SmsDesk
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.review import Reason
from wakeup.domain.transfer import TransferState
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import TransferEventResult, apply_transfer_event
from wakeup.usecases.review.contest import answer_contest


def contests(
    desk: SmsDesk, now: timedelta, event: str = "news_1", kind: TransferNews = TransferNews.CONTESTED
) -> TransferEventResult:
    told = TransferEventIn(event_id=event, content_hash=event, transfer_id="t_1", kind=kind, occurred_at=T0 + now)
    return desk.run(apply_transfer_event, told, T0 + now)


def held() -> tuple[SmsDesk, CaseId]:
    desk = SmsDesk()
    hire(desk, a_staff("ann"))
    case_id = desk.flag(1, minutes=30).case_id
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    return desk, case_id


def templates(desk: SmsDesk, case_id: CaseId) -> list[str]:
    sent = desk.run(lambda unit: unit.texts.of_case(case_id))
    return [sms.template.partition("/")[0] for sms in sent]


def test_a_contest_waits_in_the_queue_and_its_coming_is_told_once() -> None:
    desk, case_id = held()
    assert contests(desk, HOUR) == TransferEventResult(known=True, new=True)
    assert "board" in desk.wakes
    assert contests(desk, HOUR) == TransferEventResult(known=True, new=False)
    assert contests(desk, HOUR + MINUTE, "news_2").new
    [waiting] = desk.run(lambda unit: unit.views.waiting(T0, 9))
    assert (waiting.case_id, waiting.contested_at) == (case_id, T0 + HOUR), "the first one counts"
    assert [row["again"] for row in desk.timeline(case_id) if row["kind"] == "contested"] == [False, True]
    assert templates(desk, case_id).count("outcome.contested") == 1
    assert desk.transfer(TransferId("t_1")).state is TransferState.HELD, "it lifts nothing"


def test_an_answered_contest_may_be_followed_by_another_and_no_old_receipt_goes_out() -> None:
    desk, case_id = held()
    contests(desk, HOUR)
    now = T0 + HOUR
    take(desk, "ann", case_id, now)
    desk.run(answer_contest, order(desk, "ann", case_id, Reason.VICTIM_PERSISTS, "three banks know this payee"), now)
    sent = {sms.id: sms.template.partition("/")[0] for sms in desk.run(lambda unit: unit.texts.of_case(case_id))}
    assert "outcome.contested" not in {sent[one] for one in desk.send(now)}
    contests(desk, 2 * HOUR, "news_2")
    assert review_of(desk, case_id).contested_at == T0 + 2 * HOUR
    assert templates(desk, case_id).count("outcome.contested") == 2


def test_a_receipt_teaches_nothing() -> None:
    desk, case_id = held()
    desk.send(T0 + 30 * MINUTE)
    contests(desk, HOUR)
    assert len(desk.send(T0 + HOUR)) == 1
    assert sorted(templates(desk, case_id)) == ["education", "outcome.contested", "outcome.hold"]


def test_a_payment_that_is_not_held_cannot_be_contested() -> None:
    desk, case_id = held()
    contests(desk, HOUR, kind=TransferNews.RELEASED)
    with pytest.raises(ConflictError) as wrong:
        contests(desk, HOUR, "news_2")
    assert (wrong.value.field, wrong.value.reason) == ("type", "the transfer is already released")
    assert review_of(desk, case_id).contested_at is None


def test_a_contest_that_overtakes_its_transfer_waits_for_it() -> None:
    desk = SmsDesk()
    assert contests(desk, MINUTE) == TransferEventResult(known=False, new=True)
    case_id = desk.flag(1, T0 + 2 * MINUTE).case_id
    assert review_of(desk, case_id).contested_at == T0 + 2 * MINUTE
