"""No payment is released by itself while an agent may still be told that something is wrong."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.agents_at_desk import comes_to_work, kinds, on_the_line, takes_it, the_wait, waits
from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import a_staff, hire, order
from tests.unit.desk import PHONE, POLICY, Desk, said
from tests.unit.guardian_steps import guardian
from tests.unit.test_two_talks_in_one_case import is_over as hang_up
from wakeup.domain.agent import longest_wrap_up
from wakeup.domain.decision import Ruling
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.party import Role
from wakeup.domain.review import Reason
from wakeup.domain.staff import StaffId
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.agents.hand_over import customer_left, give_up
from wakeup.usecases.agents.offers import part
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.bulk_release import Span, ask_bulk, confirm_bulk, preview, release_some
from wakeup.usecases.desk.agent_outcome import FoundOut, record_outcome
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ladder.plan_calls import plan_call

T1 = TransferId("t_1")
COOLED = T0 + MINUTE + POLICY.release.cooling
"""The payment would be released now, well before its window closes."""
SETTLED = T0 + 30 * MINUTE
WRITTEN = longest_wrap_up(POLICY.people.wrap_up)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    comes_to_work(desk, "kim", "+6531580101")
    return desk


def says_that_all_is_well(desk: Desk, **changes: Any) -> CaseId:
    event: dict[str, Any] = {"phone": PHONE, "tier": Tier.MEDIUM, "amount": Decimal(500), **changes}
    case_id = CaseId(desk.flag(1, customer_id="u_1", **event).case_id)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    assert desk.transfer(T1).allow_at == COOLED
    return case_id


def wants_an_agent(desk: Desk, case_id: CaseId, now: datetime) -> HandOver:
    return waits(desk, on_the_line(desk, case_id, now=now), now)


def talks(desk: Desk, case_id: CaseId, now: datetime) -> HandOver:
    return takes_it(desk, wants_an_agent(desk, case_id, now), now)


def is_over(desk: Desk, talk: HandOver, at: datetime) -> None:
    desk.on(talk.case_id, at, lambda file: part(file, talk))


def state(desk: Desk, case_id: CaseId, at: datetime) -> TransferState:
    desk.run(settle_case, case_id, at)
    return desk.transfer(T1).state


def test_a_release_waits_while_the_customer_talks_with_an_agent_and_until_they_have_written(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    talk = talks(desk, case_id, COOLED - MINUTE)
    for minutes in range(3):
        assert state(desk, case_id, COOLED + minutes * MINUTE) is TransferState.PENDING
        assert desk.transfer(T1).act_at == COOLED + (minutes + 1) * MINUTE, "it is looked at again"
    assert kinds(desk, case_id).count("release_waits") == 1, "noted once"
    ended = COOLED + 3 * MINUTE
    is_over(desk, talk, ended)
    assert state(desk, case_id, ended + WRITTEN - MINUTE) is TransferState.PENDING
    assert state(desk, case_id, ended + WRITTEN) is TransferState.ALLOWED, "an agent who writes nothing holds nothing"


def test_a_talk_that_ends_on_a_clock_that_was_set_back_ends_no_earlier_than_it_began(desk: Desk) -> None:
    """When the clock is right again, the release would not wait for what the agent writes."""
    case_id = says_that_all_is_well(desk)
    talk = talks(desk, case_id, COOLED - MINUTE)
    is_over(desk, talk, COOLED - MINUTE - WRITTEN)
    assert state(desk, case_id, COOLED) is TransferState.PENDING
    assert state(desk, case_id, COOLED - MINUTE + WRITTEN) is TransferState.ALLOWED


@pytest.mark.parametrize(
    ("outcome", "becomes"), [(Outcome.COACHED, TransferState.HELD), (Outcome.CONSISTENT, TransferState.ALLOWED)]
)
def test_the_record_of_the_talk_ends_the_wait(desk: Desk, outcome: Outcome, becomes: TransferState) -> None:
    case_id = says_that_all_is_well(desk)
    talk = talks(desk, case_id, COOLED - MINUTE)
    is_over(desk, talk, COOLED)
    assert state(desk, case_id, COOLED) is TransferState.PENDING
    wish = order(desk, "kim", case_id, Reason.CUSTOMER_REACHED, "said so")
    desk.run(record_outcome, wish, FoundOut(outcome=outcome, identified=True), COOLED + MINUTE)
    assert state(desk, case_id, COOLED + MINUTE) is becomes


def test_a_record_of_the_first_talk_of_a_call_does_not_end_the_wait_for_the_second(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    call = on_the_line(desk, case_id, now=COOLED - 5 * MINUTE)
    first = takes_it(desk, waits(desk, call, COOLED - 5 * MINUTE), COOLED - 5 * MINUTE)
    hang_up(desk, first, COOLED - 4 * MINUTE)
    second = takes_it(desk, waits(desk, call, COOLED - 2 * MINUTE, n=7), COOLED - 2 * MINUTE)

    def records(talk: HandOver, at: datetime) -> None:
        found = FoundOut(outcome=Outcome.CONSISTENT, identified=True, talk=(talk.attempt_id, talk.n))
        desk.run(record_outcome, order(desk, "kim", case_id, Reason.CUSTOMER_REACHED, "said so"), found, at)

    records(first, COOLED - MINUTE)
    records(first, COOLED - MINUTE / 2)
    is_over(desk, second, COOLED)
    assert state(desk, case_id, COOLED) is TransferState.PENDING, "the second is not recorded yet"
    records(second, COOLED + MINUTE)
    assert state(desk, case_id, COOLED + MINUTE + POLICY.release.cooling) is TransferState.ALLOWED


def test_a_release_waits_while_the_customer_waits_for_an_agent_and_no_longer(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    wait = wants_an_agent(desk, case_id, COOLED - MINUTE)
    assert state(desk, case_id, COOLED) is TransferState.PENDING
    desk.on(case_id, COOLED, lambda file: customer_left(file, wait))
    assert state(desk, case_id, COOLED + MINUTE) is TransferState.ALLOWED


def test_a_release_waits_until_a_customer_whose_wait_was_given_up_is_back_in_the_script(desk: Desk) -> None:
    """There they hear that the payment stays on hold, and their wish becomes evidence."""
    case_id = says_that_all_is_well(desk)
    wait = wants_an_agent(desk, case_id, COOLED - 2 * MINUTE)
    given_up = COOLED - MINUTE
    desk.on(case_id, given_up, lambda file: give_up(file, wait))
    assert state(desk, case_id, given_up + WRITTEN - MINUTE) is TransferState.PENDING
    over = the_wait(desk, wait)
    desk.on(case_id, given_up + WRITTEN - MINUTE, lambda file: customer_left(file, over))
    assert state(desk, case_id, given_up + WRITTEN - MINUTE) is TransferState.ALLOWED


def test_a_customer_who_never_comes_back_from_a_wait_that_was_given_up_delays_nothing_for_ever(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    wait = wants_an_agent(desk, case_id, COOLED - 2 * MINUTE)
    desk.on(case_id, COOLED - MINUTE, lambda file: give_up(file, wait))
    assert state(desk, case_id, COOLED - MINUTE + WRITTEN) is TransferState.ALLOWED


def test_a_release_waits_while_a_guardian_talks_with_an_agent(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk, guardians=(guardian(),))

    def ring(file: CaseFile) -> None:
        assert plan_call(file, next(iter(file.parties(Role.GUARDIAN)))) is None

    desk.on(case_id, T0, ring)
    call = desk.run(lambda unit: unit.attempts.of_case(case_id))[-1]
    now = COOLED - MINUTE
    takes_it(desk, waits(desk, on_the_line(desk, case_id, call, now), now), now)
    assert state(desk, case_id, COOLED) is TransferState.PENDING


def test_a_release_waits_for_a_talk_in_another_case_of_the_customer(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk, hold_max=T0 + 48 * HOUR)
    # It is held while it cools, so that the next payment opens a case of its own.
    tapped = SETTLED - MINUTE
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, tapped, 2), tapped)
    assert state(desk, case_id, SETTLED) is TransferState.HELD
    other = CaseId(desk.flag(2, SETTLED, customer_id="u_1", phone=PHONE, amount=Decimal(500)).case_id)
    assert other != case_id
    talks(desk, other, SETTLED + MINUTE)
    cooled = tapped + POLICY.release.cooling
    assert state(desk, case_id, cooled) is TransferState.HELD
    assert desk.transfer(T1).allow_at == cooled + MINUTE


def test_a_talk_delays_no_decision_beyond_the_deadline_and_no_end_of_the_hold(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk, hold_max=T0 + HOUR)
    talks(desk, case_id, COOLED - MINUTE)
    assert state(desk, case_id, COOLED) is TransferState.PENDING
    settle_at = desk.transfer(T1).settle_at
    assert state(desk, case_id, settle_at) is TransferState.HELD
    assert (desk.decisions(T1)[-1].ruling, desk.decisions(T1)[-1].reason) == (Ruling.HOLD, "in_talk")
    assert desk.transfer(T1).act_at == settle_at + MINUTE
    assert state(desk, case_id, T0 + HOUR) is TransferState.REFUSED


def test_a_talk_with_another_customer_delays_nothing(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    other = CaseId(desk.flag(2, customer_id="u_2", phone="+6590000002").case_id)
    talks(desk, other, COOLED - MINUTE)
    assert state(desk, case_id, COOLED) is TransferState.ALLOWED


@pytest.mark.parametrize("asked_before", [False, True])
def test_a_bulk_release_leaves_out_the_payment_of_a_customer_who_talks_with_an_agent(
    desk: Desk, *, asked_before: bool
) -> None:
    hire(desk, a_staff("ann"), a_staff("ben"))
    case_id = CaseId(desk.flag(1, tier=Tier.MEDIUM, model="v7").case_id)
    assert state(desk, case_id, SETTLED) is TransferState.HELD
    span = Span(model="v7", since=T0, until=T0 + MINUTE)
    if not asked_before:
        talks(desk, case_id, SETTLED)
        found = desk.run(preview, span, SETTLED)
        assert (found.takes, found.left_out) == ((), {"in_talk": 1})
        return
    seen = desk.run(preview, span, SETTLED).digest
    wish = desk.run(ask_bulk, StaffId("usr_ann"), span, Reason.FALSE_ALARM, "INC-204", seen, SETTLED)
    talks(desk, case_id, SETTLED)
    desk.run(confirm_bulk, StaffId("usr_ben"), wish.id, SETTLED)
    desk.run(release_some, StaffId("usr_ben"), wish.id, 9, SETTLED)
    assert [one.left_out for one in desk.run(lambda unit: unit.bulk.members(wish.id))] == ["in_talk"]
    assert desk.transfer(T1).state is TransferState.HELD
