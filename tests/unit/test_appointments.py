"""A promised call: what keeps it, what does not move it, what cancels it, and who is told that it will not come."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.agents_at_desk import kinds
from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import PHONE, POLICY, Desk, someone
from tests.unit.test_call_after_all import the_bank_extends
from tests.unit.test_climb import OTHER, climb_until, rungs
from tests.unit.test_last_checks import calling, hangs_up, rings
from wakeup.domain.attempt import OVER, Attempt, AttemptEvent, AttemptState
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.pacing import PAUSED
from wakeup.domain.rung import RungKind, RungState
from wakeup.domain.transfer import Tier
from wakeup.usecases.acting import Actor
from wakeup.usecases.case.calls import advance_call, bind
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.appointments import plan_appointment, time_to_call_again
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.dispatch.next_ringing import plan_what_follows
from wakeup.usecases.dispatch.reconcile import record_fetch, record_search
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.record_progress import record_progress
from wakeup.usecases.inputs import CallReport, Number, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.ladder.climb import call_alternate
from wakeup.usecases.ladder.plan_calls import speed_up_calls
from wakeup.usecases.ports import Placement, PostResult, RefusalCause, RemoteCall
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.ringing.do_not_call import Why, block
from wakeup.usecases.ringing.pacing import stop_dialling

AT = T0 + 10 * MINUTE
SETTLED = T0 + 8 * MINUTE


def promised(desk: Desk, now: datetime = T0, **event: Any) -> CaseId:
    """The customer asks for another call in the first one, which then ends."""
    case_id = desk.flag(1, now, **{"phone": PHONE, "minutes": 8, **event}).case_id
    attempt_id, intent = rings(desk, now)
    assert intent is not None
    desk.on(case_id, now, lambda file: plan_appointment(file, file.unit.attempts.get(attempt_id)))
    hangs_up(desk, case_id, attempt_id, now)
    return case_id


def rung_elsewhere(desk: Desk) -> tuple[CaseId, AttemptId]:
    """The customer does not answer their own number, and another number of theirs is rung."""
    case_id = desk.flag(1, phone=PHONE, minutes=60, alternates=(OTHER,)).case_id
    attempt_id, _ = rings(desk)
    desk.on(case_id, T0, lambda file: not_answered(file, attempt_id))
    desk.on(case_id, T0, call_alternate)
    elsewhere, _ = rings(desk)
    return case_id, elsewhere


def said_time(desk: Desk, case_id: CaseId) -> datetime | None:
    """The time that the customer would hear on the line now."""
    [first, *_] = desk.run(lambda unit: unit.attempts.of_case(case_id))
    return desk.on(case_id, T0, lambda file: time_to_call_again(file, first))


@pytest.mark.parametrize(("minutes", "at"), [(60, T0 + 60 * MINUTE), (3, T0 + 10 * MINUTE), (62, T0 + 65 * MINUTE)])
def test_no_call_is_promised_before_calls_go_out_again(minutes: int, at: datetime) -> None:
    desk = Desk()
    case_id = desk.flag(1, phone=PHONE, minutes=8).case_id
    rings(desk)
    desk.run(stop_dialling, "AC", PAUSED, T0 + minutes * MINUTE, T0)
    assert said_time(desk, case_id) == at


def test_a_stop_longer_than_the_hold_promises_no_time() -> None:
    desk = Desk()
    case_id = desk.flag(1, phone=PHONE, minutes=8).case_id
    rings(desk)
    desk.run(stop_dialling, "AC", PAUSED, T0 + 6 * HOUR, T0)
    assert said_time(desk, case_id) is None


def test_a_time_that_a_stop_makes_impossible_is_not_said_again() -> None:
    desk = Desk()
    case_id = promised(desk)
    assert said_time(desk, case_id) == AT
    desk.run(stop_dialling, "AC", PAUSED, T0 + 60 * MINUTE, T0)
    assert said_time(desk, case_id) is None


def settle(desk: Desk, case_id: CaseId) -> None:
    desk.on(case_id, SETTLED, settle_file)


def appointment_of(desk: Desk, case_id: CaseId) -> Attempt:
    [call] = [one for one in desk.run(lambda unit: unit.attempts.of_case(case_id)) if one.promised]
    return call


def not_answered(file: CaseFile, attempt_id: AttemptId) -> None:
    ringing = bind(file, file.unit.attempts.get(attempt_id), "CA1")
    assert ringing is not None
    plan_what_follows(file, advance_call(file, ringing, AttemptEvent.END, Disposition.NO_ANSWER))


def proves(file: CaseFile, attempt_id: AttemptId) -> None:
    """The person who answers there proves to be the customer."""
    file.unit.attempts.save(replace(file.unit.attempts.get(attempt_id), contact=Contact.RIGHT_PARTY))


def people_wanted(desk: Desk, case_id: CaseId) -> bool:
    review = desk.run(lambda unit: unit.reviews.get(case_id))
    return review is not None and review.person_wanted_at is not None


def test_an_appointment_outlives_the_decision_and_rings_at_its_time(desk: Desk) -> None:
    case_id = promised(desk)
    settle(desk, case_id)
    call = appointment_of(desk, case_id)
    assert (call.state, call.due_at) == (AttemptState.PLANNED, AT)
    attempt_id, intent = rings(desk, AT)
    assert (attempt_id, intent is None) == (call.id, False)
    assert not people_wanted(desk, case_id)


def test_an_appointment_is_cancelled_when_nothing_is_left_to_talk_about(desk: Desk) -> None:
    case_id = promised(desk)
    settle(desk, case_id)
    cancelled = TransferEventIn(
        event_id="n_1", content_hash="h", transfer_id="t_1", kind=TransferNews.CANCELLED_IN_APP,
        occurred_at=SETTLED,
    )  # fmt: skip
    desk.run(apply_transfer_event, cancelled, SETTLED)
    assert appointment_of(desk, case_id).state is AttemptState.CANCELED


def test_an_appointment_is_moved_by_neither_a_graver_case_nor_another_transfer(desk: Desk) -> None:
    case_id = promised(desk, tier=Tier.CRITICAL, minutes=30)
    desk.on(case_id, T0 + MINUTE, speed_up_calls)
    assert appointment_of(desk, case_id).due_at == AT
    # A payment that can wait is discussed in the promised call; one that cannot gets a call of its own.
    desk.flag(2, T0 + MINUTE, customer_id="u_1", phone=PHONE, minutes=30)
    assert len(desk.run(lambda unit: unit.attempts.of_case(case_id))) == 2
    desk.flag(3, T0 + MINUTE, customer_id="u_1", phone=PHONE, minutes=4)
    calls = desk.run(lambda unit: unit.attempts.of_case(case_id))
    assert [call.promised for call in calls] == [False, True, False]
    assert appointment_of(desk, case_id).due_at == AT


def test_two_payments_that_cannot_wait_for_it_share_one_call(desk: Desk) -> None:
    """The call about the first once waited for the promised call, and the number was rung twice within a minute."""
    case_id = promised(desk, tier=Tier.CRITICAL, minutes=30)
    for n in (2, 3):
        desk.flag(n, T0 + MINUTE, customer_id="u_1", phone=PHONE, minutes=n + 2)
    calls = desk.run(lambda unit: unit.attempts.of_case(case_id))
    assert [call.promised for call in calls] == [False, True, False]
    assert calls[2].latest_start == T0 + 6 * MINUTE - timedelta(seconds=77), "as late as the more patient allows"


def test_a_customer_who_asked_for_a_later_call_is_not_rung_before_at_another_number_either(desk: Desk) -> None:
    case_id = promised(desk, tier=Tier.HIGH, alternates=(OTHER,))
    climb_until(desk, case_id, SETTLED)
    assert rungs(desk, case_id)[RungKind.CALL_ALTERNATE] == (RungState.SKIPPED, "promised")
    assert len(desk.run(lambda unit: unit.attempts.of_case(case_id))) == 2
    [told] = [row for row in desk.timeline(case_id) if row.get("rung") == "call_alternate"]
    assert told["reason"] == "promised"


def test_a_call_planned_for_another_number_of_the_customer_gives_way_to_the_promised_call(desk: Desk) -> None:
    """The next try of the customer's own number was planned; at the other number they ask for a later call."""
    case_id, elsewhere = rung_elsewhere(desk)
    desk.on(case_id, T0 + MINUTE, lambda file: proves(file, elsewhere))
    desk.on(case_id, T0 + MINUTE, lambda file: plan_appointment(file, file.unit.attempts.get(elsewhere)))
    hangs_up(desk, case_id, elsewhere, T0 + MINUTE)
    states = [(call.state, call.promised) for call in desk.run(lambda unit: unit.attempts.of_case(case_id))]
    assert states[1:] == [
        (AttemptState.CANCELED, False), (AttemptState.ENDED, False), (AttemptState.PLANNED, True),
    ]  # fmt: skip


@pytest.mark.parametrize("joins", [1, 7])
def test_a_payment_that_joined_and_cannot_wait_is_asked_about_at_every_number(desk: Desk, joins: int) -> None:
    """Such a payment comes before the other number's turn, or after that number was left to the promised call."""
    case_id = promised(desk, customer_id="u_1", tier=Tier.HIGH, alternates=(OTHER,))
    climb_until(desk, case_id, T0 + joins * MINUTE)
    desk.flag(2, T0 + joins * MINUTE, customer_id="u_1", tier=Tier.HIGH, minutes=10 - joins)
    climb_until(desk, case_id, AT - timedelta(seconds=1))
    assert rungs(desk, case_id)[RungKind.CALL_ALTERNATE] == (RungState.TAKEN, None)
    assert appointment_of(desk, case_id).due_at == AT


def test_a_promised_call_that_was_in_vain_is_followed_by_the_rung_that_waited_for_it(desk: Desk) -> None:
    case_id = promised(desk, tier=Tier.HIGH, alternates=(OTHER,))
    climb_until(desk, case_id, T0 + 7 * MINUTE)
    the_bank_extends(desk, T0 + 40 * MINUTE, T0 + 7 * MINUTE)
    attempt_id, _ = rings(desk, AT)
    climb_until(desk, case_id, AT)
    assert rungs(desk, case_id)[RungKind.CALL_ALTERNATE] == (RungState.SKIPPED, "promised")
    desk.on(case_id, AT + MINUTE, lambda file: not_answered(file, attempt_id))
    climb_until(desk, case_id, T0 + 39 * MINUTE)
    assert rungs(desk, case_id)[RungKind.CALL_ALTERNATE] == (RungState.TAKEN, None)
    kinds = [record.kind for record in desk.run(lambda unit: unit.rungs.of_case(case_id))]
    assert kinds.count(RungKind.CALL_ALTERNATE) == 2, "once in vain"


def test_a_promise_that_cannot_be_kept_is_told_to_people(desk: Desk) -> None:
    case_id = promised(desk)
    desk.run(block, PHONE, (Channel.VOICE,), Why.ASKED_IN_WRITING, Actor(name="ann"), T0)
    assert rings(desk, AT)[1] is None
    assert appointment_of(desk, case_id).state is AttemptState.SUPPRESSED
    assert people_wanted(desk, case_id)


@pytest.mark.parametrize("how", ["refused", "lost", "vanished"])
def test_a_promised_call_that_the_phone_company_did_not_make_is_told_to_people(desk: Desk, how: str) -> None:
    case_id = promised(desk)
    settle(desk, case_id)
    attempt_id, intent = rings(desk, AT)
    assert intent is not None
    match how:
        case "refused":
            refused = Placement(proof=PostResult.REFUSED, code=21215, fault=RefusalCause.NUMBER)
            desk.run(record_placement, "AC", attempt_id, refused, AT)
        case "lost":
            desk.run(record_placement, "AC", attempt_id, Placement(proof=PostResult.UNKNOWN), AT)
            for seconds in (5, 30, 120):
                desk.run(record_search, attempt_id, [], AT + timedelta(seconds=seconds))
        case _:
            placed = Placement(proof=PostResult.ACCEPTED, call_sid="CA" + "9" * 32)
            desk.run(record_placement, "AC", attempt_id, placed, AT)
            for minutes in (1, 2, 3):
                desk.run(record_fetch, attempt_id, None, AT + minutes * MINUTE)
    assert desk.run(lambda unit: unit.attempts.get(attempt_id)).state in OVER
    assert people_wanted(desk, case_id)


def test_a_promised_call_that_is_cut_because_all_is_over_is_owed_to_nobody(desk: Desk) -> None:
    """One that had not begun would have been cancelled, and nobody been told."""
    case_id = promised(desk)
    settle(desk, case_id)
    attempt_id, _ = rings(desk, AT)
    sid = "CA" + "9" * 32
    desk.run(record_placement, "AC", attempt_id, Placement(proof=PostResult.ACCEPTED, call_sid=sid), AT)
    cancelled = TransferEventIn(
        event_id="news", content_hash="h", transfer_id="t_1", kind=TransferNews.CANCELLED_IN_APP, occurred_at=AT
    )
    desk.run(apply_transfer_event, cancelled, AT)
    our_number = desk.run(lambda unit: unit.attempts.get(attempt_id)).from_number or ""
    waits = CallReport(call_sid=sid, event=AttemptEvent.ACCEPT, to=PHONE, from_=our_number)
    queued = RemoteCall(report=waits, created_at=AT, outbound=True, queued=True)
    assert desk.run(record_fetch, attempt_id, queued, AT) == sid, "nothing is left to talk about"
    cut = replace(waits, event=AttemptEvent.END, disposition=Disposition.CANCELED, source="callback")
    desk.run(record_progress, attempt_id, cut, AT + MINUTE)
    assert desk.run(lambda unit: unit.attempts.get(attempt_id)).disposition is Disposition.CANCELED
    assert not people_wanted(desk, case_id) and "appointment_not_kept" not in kinds(desk, case_id)


def test_an_unanswered_promised_call_has_come(desk: Desk) -> None:
    case_id = promised(desk)
    settle(desk, case_id)
    attempt_id, _ = rings(desk, AT)
    desk.on(case_id, AT, lambda file: not_answered(file, attempt_id))
    assert not people_wanted(desk, case_id)


@pytest.mark.parametrize("policy", [calling(max_calls_per_case=1), calling(max_calls_per_number_day=1)])
def test_no_call_is_promised_that_the_last_checks_would_refuse(policy: Any) -> None:
    desk = Desk(policy)
    case_id = promised(desk)
    assert not [one for one in desk.run(lambda unit: unit.attempts.of_case(case_id)) if one.promised]


def test_a_promised_time_is_decent_where_the_number_is_and_is_said_again_unchanged(desk: Desk) -> None:
    """The number is abroad, where it is 22:00. Only the gravest case may ring at any hour."""

    def time_said(file: CaseFile) -> datetime | None:
        return time_to_call_again(file, file.unit.attempts.of_case(file.case.id)[0])

    abroad = replace(
        someone(PHONE, "u_1"), number=Number(e164=PHONE, region="SG", line_type="mobile", zones="America/New_York")
    )
    said = {}
    for tier in (Tier.HIGH, Tier.CRITICAL):
        desk = Desk(POLICY)
        case_id = desk.flag(1, T0, customer=abroad, tier=tier, hold_max=T0 + timedelta(days=1)).case_id
        said[tier] = desk.on(case_id, T0, time_said)
    assert said == {Tier.HIGH: T0 + timedelta(hours=11), Tier.CRITICAL: AT}, "eight in the morning there"

    case_id = promised(desk)
    assert desk.on(case_id, T0 + 3 * MINUTE, time_said) == AT, "not ten minutes from now: what was promised"


def test_a_number_that_gave_way_to_a_promised_call_is_called_when_that_was_in_vain(desk: Desk) -> None:
    case_id = desk.flag(1, phone=PHONE, minutes=120, alternates=(OTHER,)).case_id
    attempt_id, _ = rings(desk)
    climb_until(desk, case_id, T0 + 15 * MINUTE)
    asked = T0 + 16 * MINUTE
    desk.on(case_id, asked, lambda file: plan_appointment(file, file.unit.attempts.get(attempt_id)))
    hangs_up(desk, case_id, attempt_id, asked)
    promise = appointment_of(desk, case_id)
    called, _ = rings(desk, promise.due_at)
    desk.on(case_id, promise.due_at, lambda file: not_answered(file, called))
    calls = desk.run(lambda unit: unit.attempts.of_case(case_id))
    elsewhere = [call.state for call in calls if call.party_id != promise.party_id]
    assert elsewhere == [AttemptState.CANCELED, AttemptState.PLANNED]


def test_a_callee_at_another_number_puts_off_no_call_to_the_customers_own(desk: Desk) -> None:
    """The person who answered may be the one who cheats the customer."""
    case_id, elsewhere = rung_elsewhere(desk)
    desk.on(case_id, T0 + MINUTE, lambda file: plan_appointment(file, file.unit.attempts.get(elsewhere)))
    hangs_up(desk, case_id, elsewhere, T0 + MINUTE)
    own, *rest = desk.run(lambda unit: unit.attempts.of_case(case_id))
    assert [call.state for call in rest if call.party_id == own.party_id] == [AttemptState.PLANNED]
