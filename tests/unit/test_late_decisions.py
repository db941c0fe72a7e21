"""A decision that is late at the payment core: staff are told once, while delivery is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import Desk, said
from tests.unit.test_one_bad_row import loses_the_key
from wakeup.domain.decision import Ruling, Verdict
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.usecases.deciding.decisions import TIME_TO_ARRIVE, record_decision
from wakeup.usecases.deciding.deliver import listed, number_decisions, record_delivery, replay, take_messages
from wakeup.usecases.figures.backlog_age import OVERDUE, Ages, read_ages
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ports import Delivery, Receipt

AWAY, TAKEN = Delivery(receipt=Receipt.RETRY, status=503), Delivery(receipt=Receipt.DELIVERED, status=200)
ALARM = "alarm:decision_late"
NOTHING = timedelta()
DEADLINE = T0 + 30 * MINUTE


def held(desk: Desk, at: datetime = T0 + MINUTE) -> CaseId:
    """A customer said that it was not them, so the payment is held at once, long before the deadline."""
    opened = desk.flag(1)
    desk.teach(opened.case_id, said(Outcome.NOT_ME, opened.transfer_id, at, 0), at)
    return opened.case_id


def tries(desk: Desk, until: datetime, delivery: Delivery = AWAY) -> Iterator[tuple[datetime, bool]]:
    """Every try until then, and whether staff were told of it."""
    due = desk.run(take_messages, T0, 9).next_due
    while due is not None and due <= until:
        [one] = desk.run(take_messages, due, 9).messages
        desk.run(record_delivery, one, delivery, due)
        yield due, ALARM in desk.wakes
        due = desk.run(take_messages, T0, 9).next_due


def test_staff_are_told_once_when_the_deadline_passes_without_an_acknowledgement(desk: Desk) -> None:
    held(desk)
    tried = dict(tries(desk, DEADLINE + HOUR))
    assert [at for at, told in tried.items() if told] == [DEADLINE], "once, and not minutes later"
    assert max(tried) > DEADLINE + 50 * MINUTE, "and it is tried on"


def test_a_decision_that_arrives_in_time_raises_no_alarm_however_often_it_failed(desk: Desk) -> None:
    held(desk)
    assert not any(told for _, told in tries(desk, DEADLINE - MINUTE))
    assert [told for _, told in tries(desk, DEADLINE + HOUR, TAKEN)] == [False]


def test_a_core_that_says_when_to_come_again_is_not_asked_sooner(desk: Desk) -> None:
    held(desk, DEADLINE - MINUTE)
    busy = Delivery(receipt=Receipt.RETRY, status=429, retry_after_s=120)
    [(first, _), (second, told)] = tries(desk, DEADLINE + 2 * MINUTE, busy)
    assert (second - first, told) == (2 * MINUTE, True)


def test_a_first_decision_made_after_its_deadline_is_late_from_the_start(desk: Desk) -> None:
    opened = desk.flag(1)
    desk.run(settle_case, CaseId(opened.case_id), DEADLINE + MINUTE)
    [(_, told), *_] = tries(desk, DEADLINE + MINUTE)
    assert told


def test_a_change_after_the_deadline_has_its_own_time_to_arrive(desk: Desk) -> None:
    case_id = held(desk)
    assert len(list(tries(desk, T0 + MINUTE, TAKEN))) == 1
    released_at, release = T0 + 5 * HOUR, Verdict(ruling=Ruling.ALLOW, reason="released_by_person")
    desk.on(case_id, released_at, lambda file: record_decision(file, file.transfers()[0], release, "Mei"))
    told = [at for at, told in tries(desk, released_at + HOUR) if told]
    assert told == [released_at + TIME_TO_ARRIVE]


def test_the_age_of_waiting_work_is_that_of_the_oldest_of_each_kind(desk: Desk) -> None:
    assert desk.run(read_ages, T0) == Ages(
        message_due=NOTHING, decision_late=NOTHING, call_due=NOTHING, undecided=NOTHING, overdue=0, dead=0
    )
    held(desk)
    desk.flag(2, T0 + 2 * MINUTE)
    at_once = desk.run(read_ages, T0 + 3 * MINUTE)
    assert at_once == Ages(
        message_due=2 * MINUTE, decision_late=NOTHING, call_due=MINUTE, undecided=NOTHING, overdue=0, dead=0
    )
    list(tries(desk, DEADLINE))
    later = desk.run(read_ages, DEADLINE + HOUR)
    assert later.decision_late == HOUR
    assert later.message_due == HOUR - 5 * MINUTE, "since its next try was due"


def test_a_transfer_that_no_node_decides_has_an_age_though_it_has_no_message(desk: Desk) -> None:
    opened = desk.flag(1)
    settles = desk.transfer(TransferId(opened.transfer_id)).settle_at
    assert desk.run(read_ages, settles - MINUTE).undecided == NOTHING
    late = desk.run(read_ages, settles + HOUR)
    assert (late.undecided, late.message_due, late.decision_late) == (HOUR, NOTHING, NOTHING)
    desk.run(settle_case, CaseId(opened.case_id), settles + HOUR)
    assert desk.run(read_ages, settles + HOUR).undecided == NOTHING


def test_a_transfer_that_can_never_be_decided_does_not_hide_the_next_one(desk: Desk) -> None:
    opened = [desk.flag(n, customer_id=f"u_{n}", phone=f"+659000000{n}") for n in (1, 2)]
    loses_the_key(desk, "u_1")
    settles = desk.transfer(TransferId(opened[0].transfer_id)).settle_at
    assert desk.run(read_ages, settles + OVERDUE).overdue == 0
    assert desk.run(read_ages, settles + MINUTE).overdue == 2
    desk.run(settle_case, CaseId(opened[1].case_id), settles + MINUTE)
    assert desk.run(read_ages, settles + MINUTE).overdue == 1, "the customer's whose key is lost"


def test_a_hold_that_no_node_ends_has_an_age_too(desk: Desk) -> None:
    case_id = held(desk)
    [transfer] = desk.run(lambda unit: unit.transfers.of_case(case_id))
    assert transfer.act_at is not None
    assert desk.run(read_ages, transfer.act_at - MINUTE).undecided == NOTHING
    assert desk.run(read_ages, transfer.act_at + HOUR).undecided == HOUR


def test_a_dead_decision_stays_in_the_figures_until_it_is_replayed(desk: Desk) -> None:
    held(desk)
    gone = Delivery(receipt=Receipt.GONE, status=422)
    assert len(list(tries(desk, DEADLINE, gone))) == 1
    ages = desk.run(read_ages, DEADLINE + HOUR)
    assert (ages.dead, ages.decision_late, ages.message_due) == (1, NOTHING, NOTHING), "the ages show nothing"
    [message] = desk.run(listed, "dead", 9)
    desk.run(replay, message.id, DEADLINE + HOUR)
    assert desk.run(read_ages, DEADLINE + HOUR).dead == 0


def test_each_decision_is_counted_once(desk: Desk) -> None:
    held(desk)
    assert list(desk.run(number_decisions, 9)) == [(Ruling.HOLD, "standing"), (Ruling.HOLD, "not_me")]
    assert list(desk.run(number_decisions, 9)) == []
