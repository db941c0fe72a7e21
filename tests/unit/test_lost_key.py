"""A customer's key is lost for good. Once the operator says so, the case ends as any other, as far as it can without
what the key protected: nobody is called or texted, nothing is released by itself, and the bank's word is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import order, take
from tests.unit.desk import DIALLING, PHONE, Desk, said, take_claims, wait
from tests.unit.guardian_steps import DAUGHTER, SON, asked, asks, enrol, guardian, reasons, texts
from tests.unit.sms_desk import SmsDesk, prompted
from tests.unit.test_one_bad_row import loses_the_key
from tests.unit.test_recall import COOLED, let_go, messages, rulings
from tests.unit.test_stays_held import WHY
from wakeup.domain.attempt import AttemptState
from wakeup.domain.case import CaseState
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import CaseId, CustomerId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.party import UNREADABLE
from wakeup.domain.sms import SmsState
from wakeup.domain.transfer import Tier, TransferState
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.deciding.deliver import take_messages
from wakeup.usecases.deciding.overrule import DecisionRef, Released, release
from wakeup.usecases.deciding.restored import hold_restored
from wakeup.usecases.dispatch.reconcile import check
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ladder.climb import climb
from wakeup.usecases.personal_data.forget import erase
from wakeup.usecases.personal_data.lost_keys import GivenUp, give_up_key
from wakeup.usecases.ports import Placement, PostResult
from wakeup.usecases.records import MessageState
from wakeup.usecases.texts.text_receipts import check_text

WHO, T1, T2 = CustomerId("u_1"), TransferId("t_1"), TransferId("t_2")
LATER, DEADLINE, END = T0 + 2 * MINUTE, T0 + 30 * MINUTE, T0 + 6 * HOUR
HELD, GUARDED = ("hold", "nobody_reached"), ("hold", "release_guarded")
GIVEN_UP = GivenUp(cases=1, held=1)


def loses(desk: Desk, now: datetime = LATER) -> GivenUp | None:
    """The key is lost, and the operator says so."""
    loses_the_key(desk, WHO)
    return desk.run(give_up_key, WHO, (), "kim", now)


def opened(desk: Desk, **changes: Any) -> CaseId:
    return CaseId(desk.flag(1, phone=PHONE, **changes).case_id)


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


def cases_to_climb(unit: SqlUnit, now: datetime) -> Sequence[CaseId]:
    return unit.cases.to_climb(now, 9)


def why(desk: Desk, case_id: CaseId, kind: str) -> list[str]:
    return [row["reason"] for row in desk.timeline(case_id) if row["kind"] == kind]


def test_before_the_call_the_call_is_suppressed_and_the_deadline_holds_and_the_case_ends(desk: Desk) -> None:
    case_id = opened(desk)
    assert loses(desk) == GIVEN_UP
    assert calls(desk, case_id) == [AttemptState.SUPPRESSED]
    assert why(desk, case_id, "attempt_suppressed") == ["unreadable"]
    assert desk.run(take_claims, LATER + HOUR) == [], "it is not tried again"
    desk.run(settle_case, case_id, DEADLINE)
    assert rulings(desk) == [HELD]
    desk.deliver(DEADLINE)
    assert messages(desk) == [(2, MessageState.DELIVERED)], "the core is told"
    desk.run(settle_case, case_id, END)
    assert [ruling for ruling, _ in rulings(desk)] == ["hold", "refuse"]
    assert state_of(desk, case_id) is CaseState.SETTLED
    assert desk.run(lambda unit: unit.texts.of_case(case_id)) == [], "nobody is written to"


def test_an_unreadable_number_is_refused_just_before_the_call(desk: Desk) -> None:
    """The call was being posted when the key was given up, and was not sent."""
    case_id = opened(desk)
    [claim] = desk.run(take_claims, T0)
    assert desk.run(write_intent, claim, DIALLING.from_numbers, T0) is not None
    loses(desk)
    not_sent = Placement(proof=PostResult.NOT_SENT, reason="ClientConnectorError")
    desk.run(record_placement, "AC", claim.attempt_id, not_sent, LATER)
    assert calls(desk, case_id) == [AttemptState.PLANNED]
    [claim] = desk.run(take_claims, LATER + MINUTE)
    assert desk.run(write_intent, claim, DIALLING.from_numbers, LATER + MINUTE) is None
    assert calls(desk, case_id) == [AttemptState.SUPPRESSED]
    assert why(desk, case_id, "attempt_suppressed") == ["unreadable"]


def test_afterwards_the_customer_is_erased_and_it_is_said_that_nothing_was_readable(desk: Desk) -> None:
    case_id = opened(desk)
    loses(desk)
    for now in (DEADLINE, END):
        desk.run(settle_case, case_id, now)
    desk.deliver(END)
    gone = desk.run(erase, WHO, "kim", END)
    assert (gone.cases, gone.unreadable) == (1, True)
    assert desk.timeline(case_id)[-1]["kind"] == "customer_erased"


def test_of_a_closed_case_the_customer_is_erased_although_nobody_gave_the_key_up(desk: Desk) -> None:
    case_id = opened(desk)
    for now in (DEADLINE, END):
        desk.run(settle_case, case_id, now)
    desk.deliver(END)
    loses_the_key(desk, WHO)
    assert desk.run(erase, WHO, "kim", END).unreadable


def test_an_erased_customer_whose_key_was_there_is_not_called_unreadable(desk: Desk) -> None:
    case_id = opened(desk)
    for now in (DEADLINE, END):
        desk.run(settle_case, case_id, now)
    desk.deliver(END)
    assert not desk.run(erase, WHO, "kim", END).unreadable


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
    case_id = opened(desk)
    loses(desk)
    now = LATER + MINUTE
    if settled_first:
        now = DEADLINE + MINUTE
        desk.run(settle_case, case_id, DEADLINE)
    before = desk.transfer(T1).state
    news(desk, kind, now)
    assert desk.transfer(T1).state is (state or before)
    if state is not None:
        assert state_of(desk, case_id) is CaseState.SETTLED


def test_the_bank_extends_the_window(desk: Desk) -> None:
    case_id = opened(desk)
    loses(desk)
    news(desk, TransferNews.WINDOW_EXTENDED, LATER, decide_by=T0 + 2 * HOUR)
    desk.run(settle_case, case_id, DEADLINE)
    assert rulings(desk) == []
    desk.run(settle_case, case_id, T0 + 2 * HOUR)
    assert rulings(desk) == [HELD]


def test_neither_a_good_talk_nor_a_tap_nor_time_lets_it_go_but_a_human_may(desk: Desk) -> None:
    case_id = opened(desk)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    assert desk.transfer(T1).allow_at is not None
    loses(desk)
    news(desk, TransferNews.CONFIRMED_IN_APP, LATER)
    desk.run(settle_case, case_id, COOLED)
    desk.run(settle_case, case_id, DEADLINE)
    assert rulings(desk) == [GUARDED]
    take(desk, "ann", case_id, DEADLINE)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    assert desk.run(release, order(desk, "ann", case_id, *WHY), aim, DEADLINE) is Released.RELEASED
    [sent] = desk.run(take_messages, DEADLINE, 9).dispatches
    assert b'"decision":"allow"' in sent.envelope.body


def test_an_allow_that_was_not_acknowledged_is_recalled(desk: Desk) -> None:
    let_go(desk)
    assert loses(desk, COOLED) == GIVEN_UP
    assert rulings(desk)[-1] == ("hold", "called_back")
    [sent] = desk.run(take_messages, COOLED, 9).dispatches
    assert b'"decision":"hold"' in sent.envelope.body


def test_a_hold_that_was_not_delivered_is_written_again_from_its_decision(desk: Desk) -> None:
    case_id = opened(desk)
    desk.run(settle_case, case_id, DEADLINE)
    before = desk.run(take_messages, DEADLINE, 9).dispatches[0].envelope
    loses(desk, DEADLINE)
    again = desk.run(take_messages, DEADLINE + HOUR, 9).dispatches[0].envelope
    assert again == before, "the core may have it already, under the same id"


def test_a_key_that_opens_or_needs_another_master_key_is_left_alone(desk: Desk) -> None:
    opened(desk)
    assert desk.run(give_up_key, WHO, ("0badc0de",), "kim", LATER) is None
    foreign = b"\x01" + bytes.fromhex("0badc0de") + b"n" * 12 + b"sealed elsewhere"
    loses_the_key(desk, WHO, foreign)
    assert desk.run(give_up_key, WHO, (), "kim", LATER) is None, "another node may have it"
    assert desk.run(give_up_key, WHO, ("0badc0de",), "kim", LATER) == GIVEN_UP
    assert desk.run(give_up_key, WHO, ("0badc0de",), "kim", LATER) is None
    with pytest.raises(NotFoundError):
        desk.run(give_up_key, CustomerId("u_9"), (), "kim", LATER)


def joins(desk: Desk, phone: str) -> None:
    event = wait(2, LATER, customer_id=WHO, phone=phone)
    desk.run(open_case, event, LATER)


def test_a_transfer_that_joins_names_the_number_again_and_is_called_about(desk: Desk) -> None:
    case_id = opened(desk)
    loses(desk)
    joins(desk, PHONE)
    assert calls(desk, case_id) == [AttemptState.SUPPRESSED, AttemptState.PLANNED]
    [claim] = desk.run(take_claims, LATER)
    intent = desk.run(write_intent, claim, DIALLING.from_numbers, LATER)
    assert intent is not None and intent.order.to == PHONE
    desk.teach(case_id, said(Outcome.CONSISTENT, T2, LATER + MINUTE, 1), LATER + MINUTE)
    desk.run(settle_case, case_id, LATER + HOUR)
    states = {t: desk.transfer(t).state for t in (T1, T2)}
    assert states == dict.fromkeys((T1, T2), TransferState.HELD), "neither is let go without a human"


def test_another_number_than_the_lost_one_is_not_called(desk: Desk) -> None:
    case_id = opened(desk)
    loses(desk)
    joins(desk, "+6591230000")
    assert calls(desk, case_id) == [AttemptState.SUPPRESSED]
    assert "other_number" in [row["kind"] for row in desk.timeline(case_id)]


def test_a_line_that_was_suspicious_before_stays_so(desk: Desk) -> None:
    case_id = opened(desk, forwarding=True)
    loses(desk)
    joins(desk, PHONE)
    claims = desk.run(take_claims, LATER)
    assert all(desk.run(write_intent, claim, DIALLING.from_numbers, LATER) is None for claim in claims)
    assert AttemptState.SENDING not in calls(desk, case_id)


def test_a_waiting_guardian_prompt_is_suppressed_and_no_other_guardian_is_asked() -> None:
    desk = SmsDesk()
    case_id = opened(desk, guardians=(guardian(), guardian(SON, "g_2")))
    assert asks(desk, case_id) is None
    loses(desk)
    assert desk.send(LATER) == []
    [sms] = texts(desk, case_id)
    assert (sms.state, sms.reason, sms.phone, sms.body) == (SmsState.SUPPRESSED, "unreadable", UNREADABLE, "")
    assert asks(desk, case_id, LATER) is not None
    assert set(reasons(desk, case_id)) == {"unreadable"}


def test_a_guardian_who_was_asked_before_is_still_heard() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    loses(desk)
    desk.writes(f"{confirmation.code}1", LATER, from_=DAUGHTER)
    assert asked(desk, case_id)[0].answer is not None
    desk.run(settle_case, case_id, DEADLINE)
    assert [ruling for ruling, _ in rulings(desk)] == ["hold"]


def test_a_guardian_listed_later_is_not_asked_as_they_may_be_the_payee(desk: Desk) -> None:
    case_id = opened(desk)
    loses(desk)
    assert enrol(desk).phone == DAUGHTER
    assert asks(desk, case_id, LATER) == "unreadable"
    assert asked(desk, case_id) == []


def test_the_ladder_plans_no_further_call(desk: Desk) -> None:
    case_id = opened(desk, tier=Tier.CRITICAL, guardians=(guardian(),), minutes=90)
    loses(desk)
    for minutes in range(3, 90):
        now = T0 + minutes * MINUTE
        for due in desk.run(cases_to_climb, now):
            desk.run(climb, due, now)
        assert desk.run(take_claims, now) == []
    assert set(calls(desk, case_id)) == {AttemptState.SUPPRESSED}


def test_a_call_whose_fate_is_unknown_is_not_searched_for_by_a_number_that_is_none(desk: Desk) -> None:
    case_id = opened(desk)
    [claim] = desk.run(take_claims, T0)
    assert desk.run(write_intent, claim, DIALLING.from_numbers, T0) is not None
    loses(desk)
    now = LATER
    for _ in range(9):
        now += 5 * MINUTE
        question = desk.run(check, claim.attempt_id, now)
        assert question is None
    assert calls(desk, case_id)[0] is AttemptState.NOT_PLACED


def test_an_sms_whose_fate_is_unknown_is_not_searched_for_either() -> None:
    desk = SmsDesk()
    case_id, _ = prompted(desk)
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE sms SET state = 'unknown', intent_at = due_at"))
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE sms SET check_at = due_at, message_sid = NULL"))
    loses(desk)
    [sms] = texts(desk, case_id)
    for n in range(9):
        assert desk.run(check_text, sms.id, LATER + n * 5 * MINUTE) is None
    assert texts(desk, case_id)[0].state is SmsState.FAILED


def test_the_page_of_the_case_says_that_it_is_unreadable_before_and_after(desk: Desk) -> None:
    case_id = opened(desk)
    loses_the_key(desk, WHO)
    view = desk.run(read_case, case_id, LATER)
    assert (view.unreadable, view.key_lost, view.parties) == (True, None, ())
    assert view.transfers[0].payee.unreadable
    loses(desk)
    view = desk.run(read_case, case_id, LATER)
    assert (view.unreadable, view.key_lost) == (False, LATER)
    assert view.transfers[0].payee.unreadable and view.parties[0].unreadable


def test_the_administration_log_and_each_case_say_it(desk: Desk) -> None:
    case_id = opened(desk)
    loses(desk)
    assert "key_lost" in [row["kind"] for row in desk.timeline(case_id)]
    review = desk.run(lambda unit: unit.reviews.get(case_id))
    assert review is not None and review.person_wanted_at == LATER
    log = desk.run(lambda unit: unit.connection.exec_driver_sql("SELECT kind, data FROM admin_log").all())
    assert [kind for kind, _ in log] == ["key_given_up"]
    assert log[0][1] == '{"customer":"u_1","fault":"damaged","cases":1}'
    assert desk.run(lambda unit: unit.key_loss.find("", 9)).found == []


def test_who_was_settled_before_stays_settled(desk: Desk) -> None:
    case_id = opened(desk)
    for now in (DEADLINE, END):
        desk.run(settle_case, case_id, now)
    desk.deliver(END)
    assert loses(desk, END + timedelta(days=1)) == GivenUp(cases=1, held=0)
    assert state_of(desk, case_id) is CaseState.SETTLED


def test_after_a_restore_the_core_is_told_as_soon_as_the_key_is_given_up(desk: Desk) -> None:
    case_id = opened(desk)
    desk.run(settle_case, case_id, DEADLINE)
    desk.run(lambda unit: unit.decisions.go_far_ahead(DEADLINE))
    loses(desk, DEADLINE)
    assert desk.run(hold_restored, case_id, DEADLINE)
    assert rulings(desk) == [HELD, ("hold", "restored")]
