"""Inbound calls are matched only if the app has just started one, only once, and only ever to hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import review_of
from tests.unit.desk import PHONE, Desk, said
from tests.unit.guardian_steps import DAUGHTER, guardian
from tests.unit.sms_desk import kinds
from tests.unit.test_last_checks import calling
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.to_do import PERSON_WITHIN, Urgency
from wakeup.domain.transfer import TransferState
from wakeup.usecases.conversation.call_in import EXPECTED_FOR, Caller, ask_for_person, keep_on_hold, match_call_in
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.review.queue import read_queue


def announced(desk: Desk, now: timedelta = timedelta(), **event: Any) -> CaseId:
    case_id = desk.flag(1, **{"phone": PHONE, "guardians": (guardian(),), **event}).case_id
    again(desk, now)
    return case_id


def again(desk: Desk, now: timedelta = timedelta()) -> None:
    news = TransferEventIn(
        event_id=f"news_{now}", content_hash="h", transfer_id="t_1",
        kind=TransferNews.CALL_STARTED_IN_APP, occurred_at=T0 + now,
    )  # fmt: skip
    desk.run(apply_transfer_event, news, T0 + now)


def caller(n: int = 1, from_: str = PHONE) -> Caller:
    return Caller(call_sid=f"CA{n:032}", from_=from_)


def greets(desk: Desk, now: timedelta = timedelta(seconds=20), who: Caller | None = None) -> bool:
    return desk.run(match_call_in, who or caller(), T0 + now)


def test_a_call_the_app_has_started_is_matched_and_its_key_holds_the_money(desk: Desk) -> None:
    case_id = announced(desk)
    assert greets(desk) and greets(desk), "the same webhook may come twice"
    assert desk.run(keep_on_hold, caller(), T0 + MINUTE)
    assert desk.transfer(TransferId("t_1")).state is TransferState.HELD
    assert [d.reason for d in desk.decisions(TransferId("t_1"))][-1] == "keep_hold"
    assert kinds(desk, case_id).count("call_in_matched") == 1
    assert review_of(desk, case_id).person_wanted_at == T0 + MINUTE
    assert desk.run(keep_on_hold, caller(), T0 + MINUTE), "and said once more: kept already"
    assert kinds(desk, case_id).count("learned") == 1


def test_without_the_app_no_number_belongs_to_a_customer(desk: Desk) -> None:
    case_id = desk.flag(1, phone=PHONE).case_id
    assert not greets(desk)
    assert not desk.run(keep_on_hold, caller(), T0)
    assert desk.run(ask_for_person, caller(), T0), "whoever they are, a colleague may talk to them"
    assert not {"call_in_matched", "learned"} & set(kinds(desk, case_id))
    assert desk.transfer(TransferId("t_1")).state is TransferState.PENDING


@pytest.mark.parametrize(
    ("who", "after"),
    [
        (caller(from_="+6590000009"), timedelta(seconds=20)),
        (caller(from_=DAUGHTER), timedelta(seconds=20)),
        (caller(from_="anonymous"), timedelta(seconds=20)),
        (caller(), EXPECTED_FOR + timedelta(seconds=1)),
    ],
)
def test_a_call_from_another_number_or_a_late_one_is_not_matched(desk: Desk, who: Caller, after: timedelta) -> None:
    announced(desk)
    assert not greets(desk, after, who)
    assert not desk.run(keep_on_hold, who, T0 + after)


def test_one_announcement_is_for_one_call(desk: Desk) -> None:
    announced(desk)
    assert greets(desk)
    assert not greets(desk, timedelta(seconds=30), caller(2)), (
        "whoever calls second, with the same number, is a stranger"
    )
    assert not desk.run(keep_on_hold, caller(2), T0 + MINUTE)
    again(desk, MINUTE)
    assert greets(desk, MINUTE, caller(3))


def test_an_announcement_that_comes_again_takes_no_key_from_the_call_on_the_line(desk: Desk) -> None:
    """The app may announce one call twice, and the customer may start another while the first is on the line."""
    case_id = announced(desk)
    assert greets(desk)
    again(desk, timedelta(seconds=30))
    assert greets(desk, timedelta(seconds=35)), "the customer pressed nothing, and hears everything once more"
    assert kinds(desk, case_id).count("call_in_matched") == 1
    assert greets(desk, timedelta(seconds=40), caller(2)), "the new announcement is for another call"
    for now in (timedelta(seconds=50), MINUTE):
        assert desk.run(keep_on_hold, caller(), T0 + now)
        assert kinds(desk, case_id).count("learned") == 1
    assert desk.transfer(TransferId("t_1")).state is TransferState.HELD
    again(desk, MINUTE)
    for n in (1, 2):
        assert desk.run(keep_on_hold, caller(n), T0 + 2 * MINUTE)
        assert kinds(desk, case_id).count("learned") == n, "the first call was counted before"


def test_a_caller_who_asks_for_an_agent_after_a_repeated_announcement_is_queued_for_staff(desk: Desk) -> None:
    case_id = announced(desk)
    greets(desk)
    again(desk, timedelta(seconds=30))
    assert desk.run(ask_for_person, caller(), T0 + MINUTE)
    assert review_of(desk, case_id).person_wanted_at == T0 + MINUTE


def test_a_call_that_was_matched_hears_of_its_key_again_though_the_announcement_has_run_out(desk: Desk) -> None:
    announced(desk)
    assert greets(desk, EXPECTED_FOR)
    assert greets(desk, EXPECTED_FOR + MINUTE), "the customer pressed nothing, and hears everything once more"


def test_a_line_in_doubt_is_not_matched(desk: Desk) -> None:
    announced(desk, forwarding=True)
    assert not greets(desk)


def test_an_announcement_that_lay_waiting_opens_nothing(desk: Desk) -> None:
    again(desk)
    late = timedelta(hours=1)
    desk.flag(1, T0 + late, phone=PHONE)
    assert not greets(desk, late)


def test_a_caller_who_asks_for_an_agent_has_their_case_queued_for_staff(desk: Desk) -> None:
    case_id = announced(desk)
    greets(desk)
    assert desk.run(ask_for_person, caller(), T0 + MINUTE)
    assert review_of(desk, case_id).person_wanted_at == T0 + MINUTE
    assert desk.transfer(TransferId("t_1")).state is TransferState.PENDING, "asking releases and refuses nothing"


def asks(desk: Desk, n: int, from_: str = PHONE, now: timedelta = timedelta()) -> bool:
    return desk.run(ask_for_person, caller(n, from_), T0 + now)


def test_a_caller_who_asked_for_a_person_is_called_though_the_payment_is_over_since(desk: Desk) -> None:
    case_id = announced(desk)
    greets(desk)
    assert desk.run(ask_for_person, caller(), T0 + MINUTE)
    news = TransferEventIn(
        event_id="news", content_hash="h", transfer_id="t_1", kind=TransferNews.CANCELLED_IN_APP, occurred_at=T0
    )
    desk.run(apply_transfer_event, news, T0 + 2 * MINUTE)
    [waits] = desk.run(read_queue, T0 + 2 * MINUTE).queued
    assert (waits.waiting.case_id, waits.urgency) == (case_id, Urgency.PERSON_PROMISED)
    assert waits.waiting.person_due_at == T0 + MINUTE + PERSON_WITHIN


def test_a_number_is_put_through_only_so_often_an_hour(desk: Desk) -> None:
    assert [asks(desk, n, now=n * MINUTE) for n in range(4)] == [True, True, True, False]
    assert asks(desk, 2, now=9 * MINUTE), "the same call, asked again"
    assert not asks(desk, 3, now=9 * MINUTE)
    assert asks(desk, 9, DAUGHTER, 9 * MINUTE), "others have theirs"
    assert asks(desk, 10, now=62 * MINUTE), "an hour later the first two count no more"


def test_the_line_as_a_whole_has_a_limit_too_and_says_so() -> None:
    desk = Desk(calling(people_per_caller_hour=1, people_per_hour=2))
    assert [asks(desk, n, f"+659123450{n}", n * MINUTE) for n in range(3)] == [True, True, False]
    assert "alarm:call_in_crowded" in desk.wakes


def hides(desk: Desk, n: int, now: timedelta) -> bool:
    who = Caller(call_sid=f"CA{n:032}", from_="hidden", hidden=True)
    return desk.run(ask_for_person, who, T0 + now)


def test_a_caller_who_hides_the_number_and_keeps_calling_shuts_no_other_out() -> None:
    desk = Desk(calling(people_per_hour=20))
    nuisance = [hides(desk, n, n * timedelta(seconds=10)) for n in range(60)]
    assert sum(nuisance) == 4, "two in each five minutes"
    assert asks(desk, 100, now=10 * MINUTE), "who shows a number is put through"
    assert hides(desk, 101, 15 * MINUTE), "and so is the next who shows none, a few minutes later"


def test_one_number_that_asks_again_and_again_uses_up_nothing_of_the_others() -> None:
    desk = Desk(calling(people_per_hour=5))
    assert sum(asks(desk, n, now=n * timedelta(seconds=30)) for n in range(60)) == 3
    assert asks(desk, 100, DAUGHTER, 31 * MINUTE)


def test_a_caller_who_is_not_put_through_any_more_is_still_queued_for_staff() -> None:
    desk = Desk(calling(people_per_caller_hour=1, people_per_hour=1))
    case_id = announced(desk)
    asks(desk, 7)
    assert greets(desk)
    assert not desk.run(ask_for_person, caller(), T0 + MINUTE)
    assert review_of(desk, case_id).person_wanted_at == T0 + MINUTE


def test_a_call_in_about_an_allowed_payment_raises_an_alarm(desk: Desk) -> None:
    case_id = announced(desk, now=20 * MINUTE)
    desk.teach(case_id, said(Outcome.CONSISTENT, TransferId("t_1"), T0 + MINUTE, 1), T0 + MINUTE)
    desk.on(case_id, T0 + 17 * MINUTE, settle_file)
    desk.deliver(T0 + 17 * MINUTE)
    assert desk.transfer(TransferId("t_1")).state is TransferState.ALLOWED
    again(desk, 21 * MINUTE)
    assert greets(desk, 21 * MINUTE)
    desk.run(keep_on_hold, caller(), T0 + 21 * MINUTE)
    assert "alarm:call_in_after_allow" in desk.wakes
    assert desk.transfer(TransferId("t_1")).state is TransferState.ALLOWED
