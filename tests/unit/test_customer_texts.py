"""SMS to the customer: nothing private, each one once, and never on a line that may belong to another person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import PHONE, said, someone, take_claims
from tests.unit.guardian_steps import asks, guardian, texts
from tests.unit.sms_desk import SmsDesk
from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.decision import Ruling, Verdict
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Disposition, Outcome
from wakeup.domain.sms import SmsKind, SmsState
from wakeup.domain.transfer import TransferState
from wakeup.usecases.case.calls import advance_call, bind
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow, end_follow_up
from wakeup.usecases.dispatch.record_progress import after_call
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.inputs import Number
from wakeup.usecases.repositories.texts import Channel

DAY = timedelta(days=1)


def rings_in_vain(desk: SmsDesk, case_id: CaseId, how: Disposition, now: timedelta = timedelta()) -> None:
    [claim] = desk.run(take_claims, T0 + now)
    desk.run(write_intent, claim, ("+6531580001",), T0 + now)

    def end(file: CaseFile) -> None:
        attempt = bind(file, file.unit.attempts.get(claim.attempt_id), f"CA{claim.attempt_id}")
        assert attempt is not None
        after_call(file, advance_call(file, attempt, AttemptEvent.END, how))

    desk.on(case_id, T0 + now, end)


def kinds(desk: SmsDesk, case_id: CaseId) -> list[str]:
    return [sms.template.partition("/")[0] for sms in texts(desk, case_id)]


@pytest.mark.parametrize(
    ("how", "told"),
    [(Disposition.NO_ANSWER, 1), (Disposition.REJECTED, 1), (Disposition.BUSY, 1), (Disposition.FAILED, 0)],
)
def test_a_missed_call_is_told_once_and_without_detail(how: Disposition, told: int) -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE, minutes=60).case_id
    rings_in_vain(desk, case_id, how)
    rings_in_vain(desk, case_id, how, 6 * MINUTE)
    notices = [sms for sms in texts(desk, case_id) if sms.kind is SmsKind.MISSED_CALL]
    assert len(notices) == told
    assert all("500" not in sms.body and "Wong" not in sms.body and sms.segments == 1 for sms in notices)


def test_a_line_in_doubt_gets_no_text() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE, forwarding=True).case_id
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    assert kinds(desk, case_id) == []


@pytest.mark.parametrize(
    ("region", "kind", "why"),
    [
        ("CN", "mobile", "sms_one_way_and_template_bound"),
        ("SG", "fixed_line", "sms_not_to_this_kind_of_line"),
        ("DE", "mobile", "sms_destination_refused"),
    ],
)
def test_the_customer_too_is_only_written_to_where_texts_may_go(region: str, kind: str, why: str) -> None:
    desk = SmsDesk()
    number = Number(e164=PHONE, region=region, line_type=kind)
    case_id = desk.flag(1, customer=replace(someone(PHONE), number=number)).case_id
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    assert desk.send(T0 + 30 * MINUTE) == []
    assert [(sms.state, sms.reason) for sms in texts(desk, case_id)] == [(SmsState.SUPPRESSED, why)]


def test_a_hold_is_told_with_the_way_to_contest_it_and_taught_about_twice() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE, typology="fake_invest").case_id
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    settled = T0 + 30 * MINUTE
    lessons = ["education.fake_invest", "education.fake_invest"]
    assert kinds(desk, case_id) == ["outcome.hold"]
    assert len(desk.send(settled)) == 1
    assert len(desk.send(settled + DAY)) == 1
    assert len(desk.send(settled + 15 * DAY)) == 1
    assert kinds(desk, case_id) == ["outcome.hold", *lessons]
    assert [sms.due_at for sms in texts(desk, case_id)] == [settled, settled + DAY, settled + 15 * DAY]
    planned = [row["purpose"] for row in desk.timeline(case_id) if row["kind"] == "sms_planned"]
    assert planned == ["outcome", "education", "education"], "all of it stands in the timeline"


@pytest.mark.parametrize("word", ["退订", "STOP"])
def test_a_customer_who_wants_no_more_texts_gets_no_more(word: str) -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE, typology="fake_invest").case_id
    settled = T0 + 30 * MINUTE
    desk.on(case_id, settled, settle_file)
    desk.send(settled)
    desk.writes(word, settled + HOUR, from_=PHONE)
    assert desk.send(settled + DAY) == []
    [_, lesson] = texts(desk, case_id)
    assert (lesson.state, lesson.reason) == (SmsState.SUPPRESSED, "opted_out")
    assert desk.send(settled + 30 * DAY) == [], "and no further lesson is planned"


def test_a_release_is_told_too() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE).case_id
    desk.teach(case_id, said(Outcome.CONSISTENT, TransferId("t_1"), T0 + MINUTE, 1), T0 + MINUTE)
    desk.on(case_id, T0 + 17 * MINUTE, settle_file)
    desk.send(T0 + 17 * MINUTE)
    assert kinds(desk, case_id) == ["outcome.allow"], "and nobody is taught about a payment that was genuine"


def test_a_later_release_by_staff_is_texted_and_the_older_notice_is_not_sent() -> None:
    desk = SmsDesk()
    night = T0 + 14 * HOUR
    case_id = desk.flag(1, now=night, phone=PHONE).case_id
    desk.on(case_id, night + 30 * MINUTE, settle_file)
    assert desk.send(night + 30 * MINUTE) == [], "nobody is woken for a notice"

    def let_go(file: CaseFile) -> None:
        [transfer] = file.transfers()
        record_decision(file, transfer, Verdict(ruling=Ruling.ALLOW, reason="released_by_person"), "Ada")
        settle_file(file)

    desk.on(case_id, night + HOUR, let_go)
    morning = night + 9 * HOUR
    assert len(desk.send(morning)) == 1
    told = [(sms.template.partition("/")[0], sms.state, sms.reason) for sms in texts(desk, case_id)]
    assert sorted(told) == [
        ("outcome.allow", SmsState.SENT, None), ("outcome.hold", SmsState.SUPPRESSED, "superseded"),
    ]  # fmt: skip


def test_a_refused_payment_is_told_after_the_hold() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE).case_id
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    desk.send(T0 + 30 * MINUTE)
    desk.on(case_id, T0 + 6 * HOUR, settle_file)
    assert sorted(kinds(desk, case_id)) == ["education", "outcome.hold", "outcome.refuse"]
    desk.send(T0 + 6 * HOUR)
    assert sorted(kinds(desk, case_id)) == ["education", "education", "outcome.hold", "outcome.refuse"]


def test_a_customer_who_cancelled_the_payment_is_only_taught() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE, typology="romance").case_id

    def cancels(file: CaseFile) -> None:
        [transfer] = file.transfers()
        file.put(replace(transfer, state=TransferState.CANCELLED))
        settle_file(file)

    desk.on(case_id, T0 + 5 * MINUTE, cancels)
    assert kinds(desk, case_id) == ["education.romance"]


def test_a_lesson_about_a_payment_that_was_released_since_is_not_sent() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE, typology="romance").case_id
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    desk.send(T0 + 30 * MINUTE)

    def releases(file: CaseFile) -> None:
        [transfer] = file.transfers()
        file.put(replace(transfer, state=TransferState.RELEASED))
        settle_file(file)

    desk.on(case_id, T0 + HOUR, releases)
    assert desk.send(T0 + DAY + HOUR) == []
    assert texts(desk, case_id)[-1].reason == "released"


def test_a_missed_call_that_was_made_good_is_not_told() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE, minutes=60).case_id
    rings_in_vain(desk, case_id, Disposition.NO_ANSWER)
    desk.teach(case_id, said(Outcome.KEEP_HOLD, TransferId("t_1"), T0 + MINUTE, 1), T0 + MINUTE)
    desk.send(T0 + 2 * MINUTE)
    notices = [sms for sms in texts(desk, case_id) if sms.kind is SmsKind.MISSED_CALL]
    assert [(sms.state, sms.reason) for sms in notices] == [(SmsState.SUPPRESSED, "reached")]


def test_a_question_to_a_guardian_never_waits_behind_notices() -> None:
    desk = SmsDesk()
    for n in range(2, 12):
        desk.on(desk.flag(n).case_id, T0 + 30 * MINUTE, settle_file)
    now = T0 + 31 * MINUTE
    case_id = desk.flag(1, now, guardians=(guardian(),)).case_id
    assert asks(desk, case_id, now) is None
    first = desk.send(now)[0]
    sent = desk.run(lambda unit: unit.texts.get(first))
    assert sent is not None and sent.kind is SmsKind.PROMPT


def test_extortion_is_not_taught_about() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE, typology="extortion").case_id
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    desk.send(T0 + 30 * MINUTE)
    assert kinds(desk, case_id) == ["outcome.hold"]


def test_an_unknown_kind_of_scam_is_taught_about_in_general() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE, typology="generic").case_id
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    desk.send(T0 + 30 * MINUTE)
    assert kinds(desk, case_id)[1:] == ["education"]


def test_an_opted_out_customer_is_not_written_to() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE).case_id
    desk.run(lambda unit: unit.do_not_call.add(unit.index("number", PHONE), Channel.SMS, "stop", T0))
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    assert desk.send(T0 + HOUR) == []


def test_a_notice_that_waits_goes_out_though_texts_are_worded_anew_meanwhile(tmp_path: Path) -> None:
    """It keeps the wording of when it was written. No other message tells the customer of the hold."""
    desk = SmsDesk()
    case_id = desk.flag(1, phone=PHONE).case_id
    settled = T0 + 30 * MINUTE
    desk.on(case_id, settled, settle_file)
    desk.words_anew(tmp_path)
    assert len(desk.send(settled)) == 1


def test_a_notice_is_not_repeated_because_the_texts_are_worded_anew(tmp_path: Path) -> None:
    """A release that the customer was told of is not announced again when staff handle a warning days later."""
    desk = SmsDesk()
    case_id, cooled = desk.flag(1, phone=PHONE).case_id, T0 + 17 * MINUTE
    desk.teach(case_id, said(Outcome.CONSISTENT, TransferId("t_1"), T0 + MINUTE, 1), T0 + MINUTE)
    desk.on(case_id, cooled, settle_file)
    desk.send(cooled)
    desk.deliver(cooled)
    assert kinds(desk, case_id) == ["outcome.allow"]
    desk.on(case_id, cooled + HOUR, lambda file: alarm_after_allow(file, WARNED, "callee"))
    desk.words_anew(tmp_path)
    desk.on(case_id, cooled + 2 * HOUR, end_follow_up)
    assert kinds(desk, case_id) == ["outcome.allow"]
