"""Outgoing SMS: sent at most once, receipts merged by rank, limits kept, and missing receipts asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import POLICY
from tests.unit.guardian_steps import DAUGHTER, NIGHT, SON, asked, asks, guardian, texts
from tests.unit.sms_desk import SENDER, S, SmsDesk, again, prompted, start_next, t
from tests.unit.test_last_checks import is_rung, rings, told
from wakeup.domain.case import Case
from wakeup.domain.ids import CaseId, SmsId
from wakeup.domain.pacing import TEXTS
from wakeup.domain.sms import SmsKind, SmsState
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.inputs import MessageProgress, MessageReport
from wakeup.usecases.ports import Placement, PostResult, RefusalCause, RemoteText
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.ringing.pacing import stop_dialling
from wakeup.usecases.texts.send_texts import TextStarted, record_sending
from wakeup.usecases.texts.text_receipts import (
    check_text,
    record_receipt,
    record_text_fetch,
    record_text_search,
    text_checks_due,
)


def test_a_prompt_is_sent_once_and_its_confirmation_follows() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    [sms] = texts(desk, case_id)
    assert (sms.state, again(desk, confirmation).state) == (SmsState.SENT, S.SENT)
    assert desk.send(T0 + MINUTE) == []
    desk.receipt(sms, MessageProgress.SENT, T0 + MINUTE)
    desk.receipt(sms, MessageProgress.DELIVERED, T0 + MINUTE)
    desk.receipt(sms, MessageProgress.SENT, T0 + MINUTE)
    assert (texts(desk, case_id)[0].state, again(desk, confirmation).state) == (SmsState.DELIVERED, S.DELIVERED)


@pytest.mark.parametrize(
    ("code", "reason"),
    [(21610, "opted_out"), (21614, "landline"), (21211, "no_such_number"), (None, "refused")],
)
def test_a_prompt_that_the_phone_company_refuses_leads_to_the_next_guardian(code: int | None, reason: str) -> None:
    desk = SmsDesk()
    opened = desk.flag(1, guardians=(guardian(), guardian(SON, "g_2")))
    assert asks(desk, opened.case_id) is None
    refused = Placement(proof=PostResult.REFUSED, code=code, fault=RefusalCause.NUMBER, reason=reason)
    started = desk.run(start_next, SENDER, T0)
    assert started.order is not None
    desk.run(record_sending, SENDER, started.order.sms_id, refused, T0)
    first, second = asked(desk, opened.case_id)
    assert (first.state, second.state) == (S.FAILED, S.QUEUED)
    over = [row for row in desk.timeline(opened.case_id) if row["kind"] == "guardian_passed_over"]
    assert over[0]["reason"] == reason
    [told, _] = texts(desk, opened.case_id)
    assert (told.error_code, told.intent_at, first.code) == (code, None, None), (
        "nothing was sent: no code is in anybody's hand"
    )
    stands = desk.run(lambda unit: unit.do_not_call.holds(first.number_index, Channel.SMS))
    assert stands is (reason == "opted_out")


def test_an_undelivered_prompt_leads_to_the_next_guardian_and_the_first_end_wins() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    [sms] = texts(desk, case_id)
    desk.receipt(sms, MessageProgress.FAILED, T0 + MINUTE, code=30003, reason="unreachable")
    desk.receipt(sms, MessageProgress.DELIVERED, T0 + MINUTE)
    assert again(desk, confirmation).state is S.FAILED
    assert [(one.phone, one.state, one.reason) for one in texts(desk, case_id)] == [
        (DAUGHTER, SmsState.FAILED, "unreachable"), (SON, SmsState.QUEUED, None),
    ]  # fmt: skip


def test_a_receipt_for_another_number_or_another_message_moves_nothing() -> None:
    desk = SmsDesk()
    case_id, _ = prompted(desk)
    [sms] = texts(desk, case_id)
    assert sms.message_sid is not None
    other = MessageReport(message_sid=sms.message_sid, progress=MessageProgress.DELIVERED, to=SON)
    desk.run(record_receipt, sms.id, other, T0)
    stranger = MessageReport(message_sid="SM" + "8" * 32, progress=MessageProgress.DELIVERED, to=DAUGHTER)
    desk.run(record_receipt, sms.id, stranger, T0)
    assert texts(desk, case_id)[0].state is SmsState.SENT
    assert not desk.run(record_receipt, SmsId("sms_unknown"), other, T0)


def test_a_lost_answer_is_asked_for_and_never_sent_again() -> None:
    desk = SmsDesk()
    opened = desk.flag(1, guardians=(guardian(), guardian(SON, "g_2")), minutes=120)
    assert asks(desk, opened.case_id) is None
    desk.send(T0, Placement(proof=PostResult.UNKNOWN))
    [sms] = texts(desk, opened.case_id)
    assert (sms.state, asked(desk, opened.case_id)[0].state) == (SmsState.UNKNOWN, S.UNKNOWN)
    for seconds in (5, 30, 120):
        now = T0 + timedelta(seconds=seconds)
        [overdue] = desk.run(text_checks_due, now, 10).found
        question = desk.run(check_text, overdue, now)
        assert question is not None
        assert question.message_sid is None
        assert question.since == T0, "how far clocks may differ is added once, by whoever asks"
        desk.run(record_text_search, question.sms_id, [], now)
        posts = [one for one in texts(desk, opened.case_id) if one.phone == DAUGHTER]
        assert [one.sends for one in posts] == [0]
    assert [(one.phone, one.state) for one in texts(desk, opened.case_id)] == [
        (DAUGHTER, SmsState.FAILED), (SON, SmsState.QUEUED),
    ]  # fmt: skip


def test_a_receipt_that_never_comes_is_asked_for_twice_and_then_done_without() -> None:
    desk = SmsDesk()
    case_id, _ = prompted(desk)
    for now in (T0 + MINUTE, T0 + 5 * MINUTE):
        [overdue] = desk.run(text_checks_due, now, 10).found
        question = desk.run(check_text, overdue, now)
        assert question is not None
        assert question.message_sid == texts(desk, case_id)[0].message_sid
        desk.run(record_text_fetch, overdue, None, now)
    assert texts(desk, case_id)[0].state is SmsState.SENT
    assert desk.run(text_checks_due, T0 + 24 * HOUR, 10).found == []


def test_a_receipt_that_was_lost_is_taken_when_it_is_asked_for() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    [sms] = texts(desk, case_id)
    assert sms.message_sid is not None
    report = MessageReport(message_sid=sms.message_sid, progress=MessageProgress.DELIVERED, to=DAUGHTER)
    found = RemoteText(report=report, created_at=T0, outbound=True, body=sms.body)
    desk.run(record_text_fetch, sms.id, found, T0 + MINUTE)
    assert (texts(desk, case_id)[0].state, again(desk, confirmation).state) == (SmsState.DELIVERED, S.DELIVERED)
    assert desk.run(text_checks_due, T0 + 24 * HOUR, 10).found == []


def test_a_process_that_died_between_intent_and_answer_has_lost_track() -> None:
    desk = SmsDesk()
    opened = desk.flag(1, guardians=(guardian(),))
    assert asks(desk, opened.case_id) is None
    assert desk.run(start_next, SENDER, T0).order is not None
    assert desk.run(start_next, SENDER, T0 + timedelta(seconds=5)).order is None
    now = T0 + timedelta(seconds=31)
    [overdue] = desk.run(text_checks_due, now, 10).found
    assert desk.run(check_text, overdue, now) is None
    assert texts(desk, opened.case_id)[0].state is SmsState.UNKNOWN


def test_too_many_requests_is_tried_again_as_the_same_text() -> None:
    desk = SmsDesk()
    opened = desk.flag(1, guardians=(guardian(),))
    assert asks(desk, opened.case_id) is None
    started = desk.run(start_next, SENDER, T0)
    assert started.order is not None
    desk.run(record_sending, SENDER, started.order.sms_id, Placement(proof=PostResult.NOT_SENT, code=20429), T0)
    assert desk.send(T0 + timedelta(seconds=3)) == [started.order.sms_id]


def test_a_text_is_tried_as_long_as_it_helps_while_the_phone_company_is_away() -> None:
    """The notice of a hold is useful for two days, and the guardians are not used up one after the other."""
    desk = SmsDesk()
    notice = desk.flag(1, minutes=-1)
    question = desk.flag(2, guardians=(guardian(), guardian(SON, "g_2")), minutes=120)
    assert asks(desk, question.case_id) is None
    away, now = Placement(proof=PostResult.NOT_SENT, reason="ClientConnectorError"), T0
    for _ in range(120):
        desk.send(now, away)
        now += timedelta(seconds=5)
    [told] = [sms for sms in texts(desk, notice.case_id) if sms.kind is SmsKind.OUTCOME]
    [asked_for] = texts(desk, question.case_id)
    assert (told.state, asked_for.state, asked_for.phone) == (SmsState.QUEUED, SmsState.QUEUED, DAUGHTER)
    assert asked_for.sends < 30, "each half minute in the end"
    assert set(desk.send(now + MINUTE)) == {told.id, asked_for.id}


def test_a_text_that_never_went_out_is_given_up_and_counts_nowhere_as_sent() -> None:
    desk = SmsDesk()
    opened = desk.flag(1, guardians=(guardian(),), hold_max=T0 + 31 * MINUTE)
    assert asks(desk, opened.case_id) is None
    away = Placement(proof=PostResult.NOT_SENT, code=20429, retry_after_s=1900)
    desk.send(T0, away)
    [sms], [confirmation] = texts(desk, opened.case_id), asked(desk, opened.case_id)
    assert (sms.state, sms.reason, sms.intent_at) == (SmsState.FAILED, "not_sent", None)
    assert (confirmation.state, confirmation.code) == (S.FAILED, None)
    assert desk.run(lambda unit: unit.texts.sent_since(sms.number_index, T0 - HOUR)) == 0


@pytest.mark.parametrize(
    "fault", [(20003, RefusalCause.ACCOUNT), (21603, RefusalCause.SENDER), (21609, RefusalCause.CONFIGURATION)]
)
def test_a_fault_of_the_account_stops_all_texts_for_a_minute(fault: tuple[int, RefusalCause]) -> None:
    desk = SmsDesk()
    one, two = desk.flag(1, guardians=(guardian(),)), desk.flag(2, guardians=(guardian(SON, "g_2"),))
    for opened in (one, two):
        assert asks(desk, opened.case_id) is None
    broken = Placement(proof=PostResult.REFUSED, code=fault[0], fault=fault[1], reason="status 400")
    started = desk.run(start_next, SENDER, T0)
    assert started.order is not None
    desk.run(record_sending, SENDER, started.order.sms_id, broken, T0)
    assert "alarm:texting_stopped" in desk.wakes
    assert desk.send(T0 + timedelta(seconds=2)) == []
    assert len(desk.send(T0 + timedelta(seconds=61))) == 2


def test_a_longer_stop_of_texts_stays_in_force_after_another_fault() -> None:
    """Another node, whose clock is slightly ahead, stopped all SMS for longer than this SMS's own refusal does."""
    desk, until = SmsDesk(), T0 + MINUTE + timedelta(seconds=0.5)
    assert asks(desk, desk.flag(1, guardians=(guardian(),)).case_id) is None
    started = desk.run(start_next, SENDER, T0)
    assert started.order is not None
    desk.run(stop_dialling, TEXTS + SENDER.account, "account:20003", until, T0)
    broken = Placement(proof=PostResult.REFUSED, code=21603, fault=RefusalCause.SENDER, reason="status 400")
    desk.run(record_sending, SENDER, started.order.sms_id, broken, T0)
    assert desk.run(start_next, SENDER, T0 + MINUTE).again_at == until
    assert len(desk.send(until)) == 1


def test_after_a_stop_one_text_probes_until_one_is_taken() -> None:
    desk = SmsDesk(replace(POLICY, messages=replace(POLICY.messages, per_second=5.0)))
    fifth = timedelta(seconds=0.2)
    for n in range(1, 6):
        assert asks(desk, desk.flag(n, guardians=(guardian(f"+659888000{n}", f"g_{n}"),)).case_id) is None
    away = Placement(proof=PostResult.REFUSED, code=20003, fault=RefusalCause.ACCOUNT)
    started = desk.run(start_next, SENDER, T0)
    assert started.order is not None
    desk.run(record_sending, SENDER, started.order.sms_id, away, T0)

    def goes_out(seconds: int) -> int:
        """How many SMS go out within that second, while the first has no response yet."""
        moments = [T0 + timedelta(seconds=seconds) + n * fifth for n in range(5)]
        return sum(desk.run(start_next, SENDER, now).order is not None for now in moments)

    assert (goes_out(60), goes_out(61)) == (1, 1), "nothing is known of the account yet"
    [one, *_] = [sms for n in range(1, 6) for sms in texts(desk, desk.transfer(t(n)).case_id) if sms.intent_at]
    desk.run(
        record_sending, SENDER, one.id, Placement(proof=PostResult.ACCEPTED, call_sid="SM" + "1" * 32), T0 + MINUTE
    )
    assert goes_out(62) == 3


def test_a_clock_that_was_set_back_keeps_no_text_waiting_until_it_has_caught_up() -> None:
    desk = SmsDesk(replace(POLICY, messages=replace(POLICY.messages, per_second=1.0)))
    set_back = T0 - timedelta(minutes=30)
    for n in range(1, 4):
        opened = desk.flag(n, set_back, minutes=90, guardians=(guardian(f"+659888000{n}", f"g_{n}"),))
        assert asks(desk, opened.case_id, set_back) is None
    sent = [desk.run(start_next, SENDER, at).order is not None for at in (T0, set_back, set_back)]
    assert sent == [True, True, False]


def test_a_text_that_was_taken_ends_the_stop_though_its_receipt_comes_at_once() -> None:
    desk = SmsDesk(replace(POLICY, messages=replace(POLICY.messages, per_second=5.0)))
    cases = [desk.flag(n, guardians=(guardian(f"+659888000{n}", f"g_{n}"),)).case_id for n in range(1, 5)]
    assert [asks(desk, case_id) for case_id in cases] == [None] * 4
    away = Placement(proof=PostResult.REFUSED, code=20003, fault=RefusalCause.ACCOUNT)
    taken = Placement(proof=PostResult.ACCEPTED, call_sid="SM" + "1" * 32)
    for at, answer in ((T0, away), (T0 + MINUTE, taken)):
        started = desk.run(start_next, SENDER, at)
        assert started.order is not None
        desk.run(record_sending, SENDER, started.order.sms_id, answer, at)
    [probe] = [sms for case_id in cases for sms in texts(desk, case_id) if sms.message_sid]
    desk.receipt(probe, MessageProgress.DELIVERED, T0 + MINUTE)
    fifths = [T0 + MINUTE + timedelta(seconds=0.2 * n) for n in range(1, 5)]
    assert [desk.run(start_next, SENDER, at).order is None for at in fifths] == [False, False, False, True]


def test_a_pair_of_numbers_that_is_refused_keeps_no_other_text_waiting() -> None:
    """Our number may not send to one guardian's country. The other messages once waited a minute after each try."""
    desk = SmsDesk()
    abroad = desk.flag(1, guardians=(guardian(), guardian(SON, "g_2")))
    other = desk.flag(2, guardians=(guardian("+6598880009", "g_3"),))
    for opened in (abroad, other):
        assert asks(desk, opened.case_id) is None
    refused = Placement(proof=PostResult.REFUSED, code=21606, fault=RefusalCause.PAIR, reason="status 400")
    now, tries = T0, []
    for _ in range(4):
        started = desk.run(start_next, SENDER, now)
        assert started.order is not None
        assert started.order.to == DAUGHTER
        desk.run(record_sending, SENDER, started.order.sms_id, refused, now)
        assert "alarm:sender_refused" in desk.wakes
        tries.append(now)
        desk.send(now + timedelta(seconds=1))
        [now] = [sms.due_at for sms in texts(desk, abroad.case_id) if sms.phone == DAUGHTER]
    assert [(later - earlier) / MINUTE for earlier, later in zip(tries, [*tries[1:], now], strict=True)] == [1, 2, 4, 8]
    sent = [
        sms.phone for opened in (abroad, other) for sms in texts(desk, opened.case_id) if sms.state is SmsState.SENT
    ]
    assert sent == [SON, "+6598880009"], "the next guardian was asked at once"


def test_the_account_sends_no_faster_than_it_may() -> None:
    desk = SmsDesk()
    for n in range(1, 4):
        opened = desk.flag(n, guardians=(guardian(f"+659888000{n}", f"g_{n}"),))
        assert asks(desk, opened.case_id) is None
    assert desk.run(start_next, SENDER, T0).order is not None
    second = desk.run(start_next, SENDER, T0 + timedelta(milliseconds=500))
    assert (second.order, second.again_at) == (None, T0 + timedelta(seconds=1))
    assert desk.run(start_next, SENDER, T0 + timedelta(seconds=1)).order is not None


def test_a_number_is_written_to_only_so_often_a_day() -> None:
    desk = SmsDesk()
    for n in range(1, 9):
        opened = desk.flag(n, guardians=(guardian(bank_id=f"g_{n}"),))
        assert asks(desk, opened.case_id, T0) is None, "none of them is sent yet"
    desk.send(T0)
    late = desk.flag(9, guardians=(guardian(bank_id="g_9"),))
    assert asks(desk, late.case_id, T0 + MINUTE) == "cap"
    sent = desk.run(lambda unit: unit.texts.sent_since(unit.index("number", DAUGHTER), T0 - HOUR))
    assert sent == 6


def test_calls_and_texts_count_together_where_the_law_wants_no_more_than_three_in_three_days() -> None:
    home = replace(POLICY.calling, per_number_3_days={"SG": 3})
    desk, phone = SmsDesk(replace(POLICY, calling=home)), "+6590000001"

    def told_of_a_hold(n: int, now: datetime) -> SmsState:
        opened = desk.flag(n, now, minutes=-1, phone=phone)
        desk.send(now)
        [notice] = [sms for sms in texts(desk, opened.case_id) if sms.kind is SmsKind.OUTCOME]
        assert notice.reason in {None, "cap_3_days"}
        return notice.state

    assert told_of_a_hold(1, T0) is SmsState.SENT
    is_rung(desk, T0 + HOUR, 2, phone=phone, minutes=1)
    assert told_of_a_hold(3, T0 + 2 * HOUR) is SmsState.SENT
    assert told_of_a_hold(4, T0 + 3 * HOUR) is SmsState.SUPPRESSED
    desk.flag(5, T0 + 4 * HOUR, phone=phone)
    assert rings(desk, T0 + 4 * HOUR)[1] is None
    assert told(desk, "attempt_suppressed")[-1]["reason"] == "cap_3_days"
    is_rung(desk, T0 + 72 * HOUR + MINUTE, 6, phone=phone)


def test_at_night_a_prompt_waits_for_the_day_and_a_critical_one_does_not() -> None:
    desk = SmsDesk()
    for n, tier in ((1, Tier.HIGH), (2, Tier.CRITICAL)):
        opened = desk.flag(n, T0 + 10 * HOUR + 59 * MINUTE, guardians=(guardian(f"+659888000{n}", f"g_{n}"),), tier=tier,
                           hold_max=T0 + 72 * HOUR)  # fmt: skip
        assert asks(desk, opened.case_id, T0 + 10 * HOUR + 59 * MINUTE) is None
    night = T0 + 11 * HOUR + MINUTE
    assert len(desk.send(night)) == 1, "past nine in the evening"
    states = [sms.state for n in (1, 2) for sms in texts(desk, desk.transfer(t(n)).case_id)]
    assert states == [SmsState.QUEUED, SmsState.SENT]
    assert NIGHT < T0 + 22 * HOUR
    assert len(desk.send(T0 + 22 * HOUR)) == 1


def test_a_prompt_that_lost_its_sense_is_not_sent() -> None:
    desk = SmsDesk()
    opened = desk.flag(1, guardians=(guardian(),), tier=Tier.MEDIUM)
    assert asks(desk, opened.case_id) is None
    desk.flag(2, customer_id="u_1", phone="+6590000001", signals=("family_risk",))
    assert desk.send(T0 + MINUTE) == []
    assert texts(desk, opened.case_id)[0].reason == "family_risk"


class Beaten:
    """A unit in which another node sends the due SMS while ours is on its way to lock the case."""

    def __init__(self, unit: SqlUnit) -> None:
        self._unit = unit
        self.cases = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def lock_if_free(self, case_id: CaseId) -> Case:
        assert start_next(self._unit, SENDER, T0).order is not None
        return self._unit.cases.lock(case_id)


def test_a_node_that_finds_the_text_sent_by_another_looks_for_the_next() -> None:
    desk = SmsDesk(replace(POLICY, messages=replace(POLICY.messages, per_second=10)))
    opened = desk.flag(1, guardians=(guardian(),))
    assert asks(desk, opened.case_id) is None
    assert desk.run(lambda unit: start_next(cast("Any", Beaten(unit)), SENDER, T0)) == TextStarted(more_due=True)
    assert len(desk.run(lambda unit: unit.lines.lock("sms:AC").recent)) == 1, "and has used up no start"
