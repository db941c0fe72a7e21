"""A customer's key is lost: nothing of theirs is rung or sent, and nothing is let go by itself. All that needs no key
goes on: the money is held in time, the core is told, the bank's word is taken, and in the end the customer is erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import order, take
from tests.unit.desk import DIALLING, PHONE, Desk, said, someone, take_claims
from tests.unit.guardian_steps import DAUGHTER, asked, asks, enrol, guardian
from tests.unit.sms_desk import SmsDesk, prompted
from tests.unit.test_one_bad_row import loses_the_key
from tests.unit.test_recall import COOLED, let_go, messages, rulings, the_bank_labels_it
from tests.unit.test_stays_held import WHY
from wakeup.domain.attempt import AttemptEvent, AttemptState
from wakeup.domain.case import CaseState
from wakeup.domain.confirmation import GuardianAnswer
from wakeup.domain.decision import Effect, Ruling, Verdict
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId, CustomerId, TransferId
from wakeup.domain.outcome import Disposition, Outcome
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.case.stop_calls import stop_calls
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.deciding.overrule import DecisionRef, Released, release
from wakeup.usecases.dispatch.plan_lines import give_up_late
from wakeup.usecases.dispatch.reconcile import check
from wakeup.usecases.dispatch.record_progress import record_progress
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.inputs import CallReport, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ladder.call_guardian import call_guardian
from wakeup.usecases.ladder.climb import call_alternate, climb
from wakeup.usecases.ladder.resume_calls import reinstate_calls, resume_calls
from wakeup.usecases.personal_data.forget import erase
from wakeup.usecases.records import MessageState
from wakeup.usecases.texts.wait_for_replies import prompts_due, wait_for_reply

WHO, T1 = CustomerId("u_1"), TransferId("t_1")
LATER, DEADLINE, END = T0 + 2 * MINUTE, T0 + 30 * MINUTE, T0 + 6 * HOUR
FAMILY, OTHER = (guardian(),), someone("+6598887777", "u_1")


def spoilt(desk: Desk, **changes: Any) -> CaseId:
    """A flagged transfer whose customer's key is lost afterwards."""
    case_id = CaseId(desk.flag(1, phone=PHONE, **changes).case_id)
    loses_the_key(desk, WHO)
    return case_id


def news(desk: Desk, kind: TransferNews, now: datetime, **more: Any) -> None:
    """The bank's word about the transfer."""
    told: dict[str, Any] = {"decide_by": None, "hold_max": None, **more}
    one = TransferEventIn(
        event_id=f"news_{kind}", content_hash=kind, transfer_id=T1, kind=kind, occurred_at=now, **told
    )
    assert desk.run(apply_transfer_event, one, now).new


def state_of(desk: Desk, case_id: CaseId) -> CaseState:
    case = desk.run(lambda unit: unit.views.case(case_id))
    assert case is not None
    return case.state


def calls(desk: Desk, case_id: CaseId) -> list[AttemptState]:
    return [call.state for call in desk.run(lambda unit: unit.attempts.of_case(case_id))]


@pytest.mark.parametrize("tier", [Tier.MEDIUM, Tier.CRITICAL])
@pytest.mark.parametrize("guardians", [(), FAMILY], ids=["alone", "family"])
def test_it_is_held_in_time_and_refused_at_the_end_and_then_they_are_erased_and_come_again(
    desk: Desk, tier: Tier, guardians: Any
) -> None:
    case_id = spoilt(desk, tier=tier, guardians=guardians)
    desk.run(settle_case, case_id, DEADLINE)
    assert rulings(desk) == [("hold", "nobody_reached")]
    desk.deliver(DEADLINE)
    assert messages(desk) == [(2, MessageState.DELIVERED)], "the core is told"
    assert calls(desk, case_id) == [AttemptState.CANCELED]
    desk.run(settle_case, case_id, END)
    desk.deliver(END)
    assert [ruling for ruling, _ in rulings(desk)] == ["hold", "refuse"]
    assert state_of(desk, case_id) is CaseState.SETTLED
    gone = desk.run(erase, WHO, "kim", END)
    assert (gone.cases, gone.unreadable) == (1, True)
    again = desk.flag(2, END, customer_id=WHO, phone=PHONE)
    [claim] = desk.run(take_claims, END)
    intent = desk.run(write_intent, claim, DIALLING.from_numbers, END)
    assert again.new and intent is not None and intent.order.to == PHONE


@pytest.mark.parametrize("settled_first", [False, True])
@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (TransferNews.CANCELLED_IN_APP, TransferState.CANCELLED),
        (TransferNews.RELEASED, TransferState.RELEASED),
        (TransferNews.CONFIRMED_IN_APP, None),
        (TransferNews.CONTESTED, None),
        (TransferNews.CALL_STARTED_IN_APP, None),
    ],
)
def test_the_banks_word_is_taken(
    desk: Desk, kind: TransferNews, state: TransferState | None, *, settled_first: bool
) -> None:
    case_id = spoilt(desk, guardians=FAMILY)
    now = LATER
    if settled_first:
        now = DEADLINE + MINUTE
        desk.run(settle_case, case_id, DEADLINE)
    before = desk.transfer(T1).state
    news(desk, kind, now)
    assert desk.transfer(T1).state is (state or before)
    if state is not None:
        assert state_of(desk, case_id) is CaseState.SETTLED


def test_the_bank_extends_the_window(desk: Desk) -> None:
    case_id = spoilt(desk)
    news(desk, TransferNews.WINDOW_EXTENDED, LATER, decide_by=T0 + 2 * HOUR)
    desk.run(settle_case, case_id, DEADLINE)
    assert rulings(desk) == []
    desk.run(settle_case, case_id, T0 + 2 * HOUR)
    assert rulings(desk) == [("hold", "nobody_reached")]


def test_neither_a_good_talk_nor_a_tap_nor_time_lets_it_go_but_a_human_may(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, phone=PHONE).case_id)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    assert desk.transfer(T1).allow_at is not None
    loses_the_key(desk, WHO)
    news(desk, TransferNews.CONFIRMED_IN_APP, LATER)
    desk.run(settle_case, case_id, COOLED)
    desk.run(settle_case, case_id, DEADLINE)
    assert rulings(desk) == [("hold", "release_guarded")]
    take(desk, "ann", case_id, DEADLINE)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    with pytest.raises(ConflictError, match="no words can be kept"):
        desk.run(release, order(desk, "ann", case_id, *WHY), aim, DEADLINE)
    assert desk.run(release, order(desk, "ann", case_id, WHY[0]), aim, DEADLINE) is Released.RELEASED
    desk.deliver(DEADLINE)
    assert messages(desk)[-1][1] is MessageState.DELIVERED


def test_an_allow_that_was_not_acknowledged_is_recalled_by_a_label(desk: Desk) -> None:
    case_id = let_go(desk)
    loses_the_key(desk, WHO)
    the_bank_labels_it(desk, case_id)
    assert rulings(desk)[-1] == ("hold", "called_back")


@pytest.mark.parametrize("effect", [Effect.GUARDIAN, Effect.PERSON])
def test_a_decision_that_asks_for_a_guardian_or_a_human_stands(desk: Desk, effect: Effect) -> None:
    case_id = CaseId(desk.flag(1, phone=PHONE, tier=Tier.CRITICAL, guardians=FAMILY).case_id)
    enrol(desk, phone="+6598880009", id="g_9")
    loses_the_key(desk, WHO)
    verdict = Verdict(ruling=Ruling.HOLD, reason="not_me", effects=frozenset({effect}))
    desk.on(case_id, LATER, lambda file: record_decision(file, file.transfers()[0], verdict))
    assert rulings(desk) == [("hold", "not_me")]
    assert asked(desk, case_id) == []
    assert asks(desk, case_id, LATER) == "unreadable"


def test_a_call_that_is_too_late_is_given_up_and_the_ladder_ends(desk: Desk) -> None:
    case_id = spoilt(desk, tier=Tier.CRITICAL, guardians=FAMILY, minutes=90)
    [call] = desk.run(lambda unit: unit.attempts.of_case(case_id))
    late = call.latest_start + MINUTE
    desk.run(give_up_late, call.id, late)
    assert calls(desk, case_id) == [AttemptState.SUPPRESSED]
    assert desk.timeline(case_id)[-1]["reason"] == "unreadable"


def test_every_rung_is_skipped_or_left_to_staff(desk: Desk) -> None:
    case_id = spoilt(desk, tier=Tier.CRITICAL, guardians=FAMILY, alternates=(OTHER,), minutes=90)
    for minutes in range(3, 90):
        desk.run(climb, case_id, T0 + minutes * MINUTE)
    assert calls(desk, case_id) == [AttemptState.PLANNED]
    kinds = {row["rung"]: row["kind"] for row in desk.timeline(case_id) if row["kind"].startswith("rung_")}
    assert kinds["human_agent"] == "rung_taken", kinds
    desk.run(settle_case, case_id, T0 + 90 * MINUTE)
    assert [ruling for ruling, _ in rulings(desk)] == ["hold"]


def report(event: AttemptEvent, call_sid: str = "CA1", **more: Any) -> CallReport:
    return CallReport(call_sid=call_sid, event=event, to=PHONE, from_=DIALLING.from_numbers[0], raw="{}", **more)


def test_a_call_in_progress_ends_and_frees_its_line(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, phone=PHONE).case_id)
    [claim] = desk.run(take_claims, T0)
    assert desk.run(write_intent, claim, DIALLING.from_numbers, T0) is not None
    desk.run(record_progress, claim.attempt_id, report(AttemptEvent.ANSWER), T0)
    loses_the_key(desk, WHO)
    question = desk.run(check, claim.attempt_id, LATER)
    assert question is not None and question.call_sid == "CA1", "it is asked about by its SID"
    desk.run(record_progress, claim.attempt_id, report(AttemptEvent.END), LATER)
    assert calls(desk, case_id) == [AttemptState.ENDED]


def test_a_call_whose_fate_is_unknown_is_given_up_when_nothing_more_is_rung(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, phone=PHONE).case_id)
    [claim] = desk.run(take_claims, T0)
    assert desk.run(write_intent, claim, DIALLING.from_numbers, T0) is not None
    loses_the_key(desk, WHO)

    def looks(now: datetime) -> AttemptState:
        for _ in range(9):
            now += 5 * MINUTE
            assert desk.run(check, claim.attempt_id, now) is None
        return calls(desk, case_id)[0]

    assert looks(LATER) is AttemptState.UNKNOWN, "another node may know the number, and may ring again"
    for now in (DEADLINE, END):
        desk.run(settle_case, case_id, now)
    assert looks(END) is AttemptState.NOT_PLACED
    desk.deliver(END)
    assert desk.run(erase, WHO, "kim", END + HOUR).cases == 1


def test_a_guardian_who_was_asked_before_is_still_heard() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    loses_the_key(desk, WHO)
    desk.writes(f"{confirmation.code}1", LATER, from_=DAUGHTER)
    assert asked(desk, case_id)[0].answer is GuardianAnswer.WORRIED
    desk.run(settle_case, case_id, DEADLINE)
    assert [ruling for ruling, _ in rulings(desk)] == ["hold"]


def test_a_guardian_who_stops_is_still_heard() -> None:
    desk = SmsDesk()
    prompted(desk)
    loses_the_key(desk, WHO)
    desk.writes("STOP", LATER, from_=DAUGHTER)
    assert desk.transfer(T1).guarded


def test_prompts_fall_due_and_expire_so_that_the_customer_can_be_erased() -> None:
    desk = SmsDesk()
    case_id, _ = prompted(desk)
    loses_the_key(desk, WHO)
    news(desk, TransferNews.RELEASED, LATER)
    for _ in range(20):
        due = desk.run(prompts_due, END + 24 * HOUR, 9)
        for prompt in due.found:
            desk.run(wait_for_reply, prompt, END + 24 * HOUR)
    assert asked(desk, case_id)[0].code is None
    assert desk.run(erase, WHO, "kim", END + 24 * HOUR).cases == 1


def test_an_sms_whose_fate_is_unknown_does_not_hinder_the_erasure() -> None:
    desk = SmsDesk()
    case_id, _ = prompted(desk)
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE sms SET state = 'unknown', intent_at = due_at"))
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE sms SET check_at = due_at, message_sid = NULL"))
    loses_the_key(desk, WHO)
    for now in (DEADLINE, END):
        desk.run(settle_case, case_id, now)
    desk.deliver(END)
    assert desk.run(erase, WHO, "kim", END).cases == 1


def test_the_page_of_the_case_says_that_it_is_unreadable(desk: Desk) -> None:
    case_id = spoilt(desk)
    view = desk.run(read_case, case_id, LATER)
    assert (view.unreadable, view.parties) == (True, ())


def test_one_who_is_unreadable_delays_no_other(desk: Desk) -> None:
    spoilt(desk)
    other = CaseId(desk.flag(2).case_id)
    for case_id in desk.run(lambda unit: [case for case, _ in unit.transfers.cases_due(DEADLINE, 9)]):
        desk.run(settle_case, case_id, DEADLINE)
    assert desk.transfer(TransferId("t_2")).state is desk.transfer(T1).state is TransferState.HELD
    assert desk.run(lambda unit: len(unit.texts.of_case(other))) == 1, "only the other is told"


def test_no_call_is_missed_in_vain(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, phone=PHONE).case_id)
    [claim] = desk.run(take_claims, T0)
    assert desk.run(write_intent, claim, DIALLING.from_numbers, T0) is not None
    desk.run(record_progress, claim.attempt_id, report(AttemptEvent.RING), T0)
    loses_the_key(desk, WHO)
    over = report(AttemptEvent.END, disposition=Disposition.NO_ANSWER)
    desk.run(record_progress, claim.attempt_id, over, LATER)
    assert calls(desk, case_id) == [AttemptState.ENDED], "no second call is planned"


def canceled(desk: Desk) -> CaseId:
    """Calls to the customer, another number and a guardian were cancelled before the key was lost."""
    case_id = CaseId(desk.flag(1, phone=PHONE, tier=Tier.HIGH, guardians=FAMILY, alternates=(OTHER,)).case_id)
    for channel in (call_alternate, call_guardian):
        assert desk.on(case_id, LATER, channel) is None
    desk.on(case_id, LATER, lambda file: stop_calls(file, "taken_over"))
    loses_the_key(desk, WHO)
    return case_id


def test_a_case_that_staff_give_back_plans_no_calls(desk: Desk) -> None:
    case_id = canceled(desk)
    desk.on(case_id, LATER, lambda file: file.update_review(replace(file.review, taken_over_at=LATER)))
    desk.on(case_id, LATER, resume_calls)
    assert set(calls(desk, case_id)) == {AttemptState.CANCELED}


def test_an_appointment_in_vain_brings_no_other_call_back(desk: Desk) -> None:
    case_id = canceled(desk)
    desk.on(case_id, LATER, lambda file: reinstate_calls(file, file.calls()[0]))
    assert set(calls(desk, case_id)) == {AttemptState.CANCELED}


def texts_of(desk: Desk) -> list[tuple[str, ...]]:
    return desk.run(lambda unit: list(unit.connection.exec_driver_sql("SELECT kind, state FROM sms").all()))


def test_a_guardian_who_is_asked_gets_no_reminder_and_no_hint() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    desk.send(T0)
    before = texts_of(desk)
    loses_the_key(desk, WHO)
    assert desk.writes("what is this", LATER, from_=DAUGHTER) != "answer_worried"
    for _ in range(3):
        due_at = asked(desk, case_id)[0].due_at
        assert due_at is not None
        desk.run(wait_for_reply, confirmation.id, due_at)
    assert asked(desk, case_id)[0].passed_on
    assert texts_of(desk) == before
