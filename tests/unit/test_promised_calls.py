"""A customer who was promised a human is called in time, or staff are alarmed once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, review_of, take
from tests.unit.desk import Desk, said
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.ids import CaseId, CustomerId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.to_do import PERSON_WITHIN, Urgency
from wakeup.domain.transfer import Tier
from wakeup.storage.audit import some_chains
from wakeup.storage.chain import ChainRow, Fault
from wakeup.storage.decision_audit import keep_decided, verify_decisions
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.case.follow_up import escalate, queue_for_follow_up
from wakeup.usecases.case.record_evidence import record_evidence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.board import read_board
from wakeup.usecases.deciding.overrule import DecisionRef, Released, hold, refuse_release, release
from wakeup.usecases.deciding.settle import cases_due, settle_file
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ladder.climb import escalate_to_person
from wakeup.usecases.repositories.views import Wanted
from wakeup.usecases.review.queue import read_queue

T1, T2 = TransferId("t_1"), TransferId("t_2")
SAID = T0 + 5 * MINUTE
DUE = SAID + PERSON_WITHIN


def alarms_until(desk: Desk, now: datetime) -> list[datetime]:
    """Run the settler at every moment that is due until then. Returns when there was an alarm."""
    alarms, at = [], T0
    while (due := desk.run(cases_due, at, 9).next_due) is not None and due <= now:
        at = due
        for case_id in desk.run(cases_due, at, 9).found:
            desk.run(settle_case, case_id, at)
            alarms += [at] * ("alarm:promise_late" in desk.wakes)
    return alarms


def promised(desk: Desk, n: int = 1, at: datetime = SAID) -> CaseId:
    """The customer of transfer t_n says that it was somebody else, and is promised a call."""
    case_id = CaseId(desk.flag(n).case_id)
    desk.teach(case_id, said(Outcome.NOT_ME, TransferId(f"t_{n}"), at, n), at)
    return case_id


def late(desk: Desk, now: datetime) -> int:
    return desk.run(read_board, Wanted(), now).totals.promises_late


def test_the_alarm_comes_once_when_the_promise_is_late(desk: Desk) -> None:
    case_id = promised(desk)
    assert "settle" in desk.wakes
    assert desk.run(cases_due, SAID, 9).next_due == DUE
    assert (alarms_until(desk, DUE - MINUTE), late(desk, DUE - MINUTE)) == ([], 0)
    assert alarms_until(desk, DUE) == [DUE]
    desk.teach(case_id, said(Outcome.COACHED, T1, DUE + MINUTE, 2), DUE + MINUTE)
    assert "alarm:promise_late" not in desk.wakes, "once"
    assert alarms_until(desk, DUE + 60 * MINUTE) == []
    [told] = [row for row in desk.timeline(case_id) if row["kind"] == "promise_late"]
    assert (told["due_at"], told["alarm"]) == (DUE.isoformat(), True)
    assert late(desk, DUE + 60 * MINUTE) == 1


def test_a_second_promise_moves_no_earlier_one(desk: Desk) -> None:
    case_id = promised(desk)
    desk.teach(case_id, said(Outcome.DISTRESS, T1, DUE - MINUTE, 2), DUE - MINUTE)
    assert alarms_until(desk, DUE + 60 * MINUTE) == [DUE]


def test_a_sooner_promise_does_not_wait_for_an_earlier_one(desk: Desk) -> None:
    """A guardian's worry has hours, a customer in distress is told ten minutes."""
    case_id = CaseId(desk.flag(1).case_id)
    desk.on(case_id, SAID - MINUTE, lambda file: escalate(file, within=timedelta(hours=4)))
    desk.teach(case_id, said(Outcome.DISTRESS, T1, SAID, 1), SAID)
    assert alarms_until(desk, DUE + 300 * MINUTE) == [DUE]


def test_late_promises_hold_up_no_decision_and_count_as_no_late_decision(desk: Desk) -> None:
    """After an outage there may be many, and events are slowed down while decisions are late."""
    late_ones = {promised(desk, n, SAID + n * MINUTE) for n in (1, 2)}
    due_at = DUE + 20 * MINUTE
    decided = CaseId(desk.flag(3, DUE, minutes=20).case_id)
    due = desk.run(cases_due, due_at, 2)
    assert due.found[0] == decided
    assert set(due.found[1:]) < late_ones
    assert due.since[1] == due_at


@pytest.mark.parametrize("minutes", [5, 30])
def test_a_customer_who_was_talked_to_waits_no_more(minutes: int) -> None:
    desk = Desk()
    hire(desk, a_staff("ann"))
    case_id, reached = promised(desk), SAID + minutes * MINUTE
    alarms_until(desk, reached)
    take(desk, "ann", case_id, reached)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.CUSTOMER_REACHED, "she is safe"), reached)
    assert late(desk, reached) == 0
    assert alarms_until(desk, reached + 60 * MINUTE) == []


def test_no_alarm_comes_while_the_customer_talks_with_an_agent(desk: Desk) -> None:
    case_id, joined = promised(desk), DUE - MINUTE
    [call] = desk.run(lambda unit: unit.attempts.of_case(case_id))
    talk = HandOver(
        attempt_id=call.id, n=1, case_id=case_id, customer_id=CustomerId("u_1"), language="zh", skills=(),
        state=HandOverState.JOINED, asked_at=SAID, give_up_at=DUE, joined_at=joined, due_at=None,
    )  # fmt: skip
    desk.run(lambda unit: unit.hand_overs.add(talk))
    assert (alarms_until(desk, DUE + MINUTE), late(desk, DUE + MINUTE)) == ([], 0)
    desk.run(lambda unit: unit.hand_overs.save(replace(talk, state=HandOverState.OVER)))
    assert alarms_until(desk, DUE + 60 * MINUTE) == [DUE + PERSON_WITHIN]


def test_a_release_keeps_the_promise_for_its_own_payment_only() -> None:
    desk = Desk()
    hire(desk, a_staff("ann"))
    case_id = CaseId(desk.flag(1, tier=Tier.MEDIUM).case_id)
    desk.flag(2, customer_id="u_1", tier=Tier.MEDIUM)
    desk.teach(case_id, said(Outcome.NOT_ME, T1, SAID, 1), SAID)
    for n, transfer_id in enumerate((T1, T2)):
        take(desk, "ann", case_id, SAID + MINUTE)
        wish = order(desk, "ann", case_id, Reason.PAYEE_CHECKED, "her landlord")
        assert (
            desk.run(release, wish, DecisionRef(transfer_id=transfer_id, sequence=2), SAID + MINUTE)
            is Released.RELEASED
        )
        assert late(desk, DUE) == 1 - n


@pytest.mark.parametrize("how", [TransferNews.CANCELLED_IN_APP, TransferNews.RELEASED])
def test_the_promise_outlasts_the_payment(desk: Desk, how: TransferNews) -> None:
    promised(desk)
    news = TransferEventIn(event_id="news", content_hash="h", transfer_id=T1, kind=how, occurred_at=SAID)
    desk.run(apply_transfer_event, news, SAID + MINUTE)
    assert alarms_until(desk, DUE) == [DUE]
    assert late(desk, DUE) == 1


def test_the_promise_stands_beside_another_payment_that_has_left(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    desk.flag(2, customer_id="u_1")
    desk.on(case_id, SAID, escalate)
    desk.on(case_id, SAID, queue_for_follow_up)
    news = TransferEventIn(
        event_id="news", content_hash="h", transfer_id=T1, kind=TransferNews.RELEASED, occurred_at=SAID
    )
    desk.run(apply_transfer_event, news, SAID)
    assert (T2, Urgency.PERSON_WANTED) in [
        (q.waiting.transfer_id, q.urgency) for q in desk.run(read_queue, SAID).queued
    ]
    assert alarms_until(desk, DUE + 60 * MINUTE) == [DUE]


def test_a_promise_after_a_hold_by_hand_outlasts_a_cancelled_payment() -> None:
    desk = Desk()
    hire(desk, a_staff("ann"))
    case_id, held_at = promised(desk), SAID + MINUTE
    aim = DecisionRef(transfer_id=T1, sequence=2)
    desk.run(hold, order(desk, "ann", case_id, Reason.SCAM_LIKELY), aim, held_at)
    news = TransferEventIn(
        event_id="news", content_hash="h", transfer_id=T1, kind=TransferNews.CANCELLED_IN_APP, occurred_at=held_at
    )
    desk.run(apply_transfer_event, news, held_at)
    assert alarms_until(desk, DUE + 60 * MINUTE) == [DUE]


def holds(desk: Desk, case_id: CaseId, transfer_id: TransferId) -> None:
    aim = DecisionRef(transfer_id=transfer_id, sequence=desk.transfer(transfer_id).sequence)
    desk.run(hold, order(desk, "ann", case_id, Reason.SCAM_LIKELY), aim, SAID + MINUTE)


def refuses_the_release(desk: Desk, case_id: CaseId, transfer_id: TransferId) -> None:
    aim = DecisionRef(transfer_id=transfer_id, sequence=desk.transfer(transfer_id).sequence)
    take(desk, "ann", case_id, SAID + MINUTE)
    wish = order(desk, "ann", case_id, Reason.PAYEE_CHECKED)
    assert desk.run(release, wish, aim, SAID + MINUTE) is Released.SECOND_NEEDED
    desk.run(refuse_release, order(desk, "ben", case_id, Reason.NOT_CONVINCED), aim, SAID + MINUTE)


@pytest.mark.parametrize("transfer_id", [T1, T2])
@pytest.mark.parametrize("act", [holds, refuses_the_release])
def test_an_act_that_reaches_no_customer_keeps_no_promise_whichever_payment_it_is_about(
    act: Callable[[Desk, CaseId, TransferId], None], transfer_id: TransferId
) -> None:
    desk = Desk()
    hire(desk, a_staff("ann"), a_staff("ben"))
    case_id = CaseId(desk.flag(1, tier=Tier.CRITICAL).case_id)
    desk.flag(2, customer_id="u_1", tier=Tier.CRITICAL)
    desk.teach(case_id, said(Outcome.DISTRESS, T1, SAID, 1), SAID)
    desk.on(case_id, SAID, escalate)
    act(desk, case_id, transfer_id)
    queued = desk.run(read_queue, SAID).queued
    assert {q.waiting.transfer_id: q.urgency for q in queued} == dict.fromkeys((T1, T2), Urgency.PERSON_PROMISED)
    assert review_of(desk, case_id).person_wanted_at == SAID
    assert alarms_until(desk, DUE + 60 * MINUTE) == [DUE]


def test_a_hold_by_hand_after_the_customer_was_reached_promises_nothing_again() -> None:
    desk = Desk()
    hire(desk, a_staff("ann"))
    case_id = promised(desk)
    take(desk, "ann", case_id, SAID)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.CUSTOMER_REACHED, "she is safe"), SAID)
    holds(desk, case_id, T1)
    assert [q.urgency for q in desk.run(read_queue, SAID).queued] == [Urgency.HELD]
    assert alarms_until(desk, DUE + 60 * MINUTE) == []


def altered(unit: SqlUnit) -> list[Fault]:
    """What `audit verify` says of the decisions."""
    noted = dict[str, ChainRow]()
    some = some_chains(unit.connection, None, 99)
    deque(keep_decided(some.rows, noted), maxlen=0)
    return list(verify_decisions(unit.connection, some.heads, noted))


@pytest.mark.parametrize("back", [timedelta(), 2 * MINUTE])
@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("begins", [promised, lambda desk: CaseId(desk.flag(1).case_id)])
def test_no_contact_before_the_promise_keeps_it_whatever_the_clock_says(
    begins: Callable[[Desk], CaseId], cancelled: bool, back: timedelta
) -> None:
    """The clock may be set back, and two nodes differ by up to half a second. The payment is held or pending."""
    desk = Desk()
    hire(desk, a_staff("ann"))
    case_id = begins(desk)
    take(desk, "ann", case_id, SAID)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.NOTHING_NEEDED, "looked at it"), SAID)
    said_at = SAID - back

    def learn(file: CaseFile) -> None:
        record_evidence(file, "callee", said(Outcome.NOT_ME, T1, said_at, 2))
        settle_file(file)

    desk.on(case_id, said_at, learn)
    if cancelled:
        news = TransferEventIn(
            event_id="news", content_hash="h", transfer_id=T1, kind=TransferNews.CANCELLED_IN_APP, occurred_at=T0
        )
        desk.run(apply_transfer_event, news, said_at)
    assert [q.urgency for q in desk.run(read_queue, said_at).queued] == [Urgency.PERSON_PROMISED]
    assert alarms_until(desk, DUE + 60 * MINUTE) == [said_at + PERSON_WITHIN]
    assert desk.run(altered) == []


def test_a_rung_that_calls_for_a_human_is_alarmed_too(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    desk.on(case_id, SAID, escalate_to_person)
    assert "settle" in desk.wakes
    assert alarms_until(desk, DUE + 60 * MINUTE) == [DUE]


def test_a_guardians_worry_is_looked_at_within_its_own_time(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    desk.on(case_id, SAID, lambda file: escalate(file, within=timedelta(minutes=15)))
    assert alarms_until(desk, DUE + 60 * MINUTE) == [SAID + 15 * MINUTE]


def test_a_case_that_is_over_leaves_no_promise(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    desk.on(case_id, SAID, escalate)
    news = TransferEventIn(
        event_id="news", content_hash="h", transfer_id=T1, kind=TransferNews.CANCELLED_IN_APP, occurred_at=SAID
    )
    desk.run(apply_transfer_event, news, SAID + MINUTE)
    assert alarms_until(desk, DUE + MINUTE) == []
    assert late(desk, DUE + MINUTE) == 0


def test_promised_calls_come_by_their_time_and_not_by_their_money(desk: Desk) -> None:
    promised(desk, 1, SAID + MINUTE)
    promised(desk, 2, SAID)
    first, second = desk.run(read_queue, DUE).queued
    assert (first.waiting.transfer_id, first.waiting.person_due_at) == (T2, DUE)
    assert (second.waiting.transfer_id, second.waiting.person_due_at) == (T1, DUE + MINUTE)
