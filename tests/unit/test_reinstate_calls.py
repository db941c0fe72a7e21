"""Calls cancelled for a promised call come back only if that fails. A stranger's appointment cancels none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import PHONE, Desk
from tests.unit.test_appointments import appointment_of, not_answered, proves
from tests.unit.test_call_after_all import the_bank_extends
from tests.unit.test_climb import DAUGHTER as HIS_DAUGHTER
from tests.unit.test_climb import OTHER, climb_until
from tests.unit.test_last_checks import calling, hangs_up, rings
from wakeup.domain.attempt import AttemptEvent, AttemptState, Errand
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.outcome import Disposition
from wakeup.domain.party import Role
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.calls import advance_call, bind
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.appointments import plan_appointment
from wakeup.usecases.dispatch.next_ringing import plan_what_follows
from wakeup.usecases.ladder.climb import call_alternate
from wakeup.usecases.ladder.plan_calls import plan_call

ASKED = T0 + 16 * MINUTE
DAUGHTER = replace(HIS_DAUGHTER, consented_at=T0 - timedelta(days=90))
"""The customer agreed that she is contacted."""


def elsewhere_gave_way(desk: Desk) -> CaseId:
    """The customer, at their own number, asks for a later call; the one planned to their other number is cancelled."""
    case_id = desk.flag(1, phone=PHONE, minutes=120, alternates=(OTHER,), guardians=(DAUGHTER,)).case_id
    attempt_id, _ = rings(desk)
    climb_until(desk, case_id, T0 + 15 * MINUTE)
    desk.on(case_id, ASKED, lambda file: plan_appointment(file, file.unit.attempts.get(attempt_id)))
    hangs_up(desk, case_id, attempt_id, ASKED)
    return case_id


def take_back_elsewhere(file: CaseFile) -> None:
    """Cancel the call, as a user does who takes the calls over."""
    *_, elsewhere = file.unit.attempts.of_case(file.case.id)
    file.unit.attempts.save(replace(elsewhere, state=AttemptState.CANCELED, ended_at=file.now))


def a_stranger_asks(desk: Desk, case_id: CaseId) -> AttemptId:
    """The customer's own number no longer answers, and the person at the other number asks for a later call."""
    attempt_id, _ = rings(desk)
    desk.on(case_id, T0, lambda file: not_answered(file, attempt_id))
    desk.on(case_id, T0, call_alternate)
    elsewhere, _ = rings(desk)
    desk.on(case_id, T0 + MINUTE, lambda file: plan_appointment(file, file.unit.attempts.get(elsewhere)))
    return elsewhere


def calls_of(desk: Desk, case_id: CaseId, role: Role) -> list[AttemptState]:
    def found(file: CaseFile) -> list[AttemptState]:
        calls = file.unit.attempts.of_case(case_id)
        return [call.state for call in calls if file.unit.parties.role_of(call.party_id) is role and not call.promised]

    return desk.on(case_id, T0, found)


def ends(file: CaseFile, attempt_id: AttemptId) -> None:
    ringing = bind(file, file.unit.attempts.get(attempt_id), f"CA{attempt_id}")
    assert ringing is not None
    plan_what_follows(file, advance_call(file, ringing, AttemptEvent.END, Disposition.ANSWERED))


def is_extended(desk: Desk, now: datetime) -> None:
    the_bank_extends(desk, T0 + 200 * MINUTE, now)


def is_graver(desk: Desk, now: datetime) -> None:
    desk.flag(1, now, phone=PHONE, minutes=120, tier=Tier.HIGH, event_id="again", content_hash="other")


@pytest.mark.parametrize("changes", [is_extended, is_graver])
def test_more_time_or_a_graver_tier_rings_no_number_that_gave_way(
    desk: Desk, changes: Callable[[Desk, datetime], None]
) -> None:
    case_id = elsewhere_gave_way(desk)
    changes(desk, ASKED + MINUTE)
    assert calls_of(desk, case_id, Role.ALTERNATE) == [AttemptState.CANCELED]


def test_a_customer_who_asks_for_a_later_call_once_more_is_rung_at_no_other_number_before_it(desk: Desk) -> None:
    case_id = elsewhere_gave_way(desk)
    promise = appointment_of(desk, case_id)
    called, _ = rings(desk, promise.due_at)

    def asks_again(file: CaseFile) -> None:
        plan_appointment(file, file.unit.attempts.get(called))
        proves(file, called)
        ends(file, called)

    desk.on(case_id, promise.due_at, asks_again)
    assert calls_of(desk, case_id, Role.ALTERNATE) == [AttemptState.CANCELED]
    [again] = [a for a in desk.run(lambda unit: unit.attempts.of_case(case_id)) if a.state is AttemptState.PLANNED]
    called, _ = rings(desk, again.due_at)
    desk.on(case_id, again.due_at, lambda file: not_answered(file, called))
    assert calls_of(desk, case_id, Role.ALTERNATE) == [AttemptState.CANCELED, AttemptState.PLANNED], "now in vain"


@pytest.mark.parametrize("talks", ["promised", "first"])
def test_how_the_call_to_a_guardian_ended_rings_no_number_that_gave_way(desk: Desk, talks: str) -> None:
    """The guardian was rung to join a talk that goes on: the promised call, or one before any was promised."""
    if talks == "promised":
        case_id = elsewhere_gave_way(desk)
        at = appointment_of(desk, case_id).due_at
    else:
        case_id, at = desk.flag(1, phone=PHONE, minutes=120, alternates=(OTHER,), guardians=(DAUGHTER,)).case_id, ASKED
        climb_until(desk, case_id, T0 + 15 * MINUTE)
        desk.on(case_id, ASKED, take_back_elsewhere)
    rings(desk, at)

    def is_to_join(file: CaseFile) -> None:
        daughter = next(p for p in file.unit.parties.of_case(file.case) if p.role is Role.GUARDIAN)
        assert plan_call(file, daughter) is None
        *_, call = file.unit.attempts.of_case(case_id)
        file.unit.attempts.save(replace(call, errand=Errand.COMPANY))

    desk.on(case_id, at, is_to_join)
    called, _ = rings(desk, at)
    desk.on(case_id, at, lambda file: not_answered(file, called))
    assert calls_of(desk, case_id, Role.ALTERNATE) == [AttemptState.CANCELED]


@pytest.mark.parametrize("joins", ["later", "while_they_talk"])
def test_a_payment_that_joins_is_asked_about_at_their_own_number_whatever_a_stranger_asked_for(joins: str) -> None:
    """The new payment once shared the call promised to the person who answered another number."""
    desk = Desk(calling(no_answer_retries=0))
    case_id = desk.flag(1, customer_id="u_1", phone=PHONE, minutes=60, alternates=(OTHER,)).case_id
    elsewhere = a_stranger_asks(desk, case_id)
    if joins == "later":
        desk.on(case_id, T0 + MINUTE, lambda file: ends(file, elsewhere))
    desk.flag(2, T0 + 2 * MINUTE, customer_id="u_1", phone=PHONE, minutes=60)
    if joins != "later":
        desk.on(case_id, T0 + 3 * MINUTE, lambda file: ends(file, elsewhere))
    assert calls_of(desk, case_id, Role.CUSTOMER) == [AttemptState.ENDED, AttemptState.PLANNED]
    assert appointment_of(desk, case_id).due_at > T0 + 10 * MINUTE, "and what was promised is kept"
