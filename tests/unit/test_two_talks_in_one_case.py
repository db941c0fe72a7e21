"""One agent talks with the customer and with a guardian of the same case: each record is about its own talk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.unit.agents_at_desk import comes_to_work, on_the_line, takes_it, the_wait, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order
from tests.unit.desk import PHONE, Desk
from tests.unit.guardian_steps import guardian
from wakeup.domain.agent import AgentEvent
from wakeup.domain.attempt import AttemptState
from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOver, HandOverState, human_talk_ref
from wakeup.domain.ids import AttemptId, CaseId, TransferId
from wakeup.domain.outcome import Contact, Disposition, Outcome
from wakeup.domain.party import Role
from wakeup.domain.review import Reason
from wakeup.domain.staff import StaffId
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.agents.agents import set_state
from wakeup.usecases.agents.offers import offer_over, part
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.hand_on import hand_on
from wakeup.usecases.desk.agent_desk import ask_from_desk, human_talks_to_write_up, read_desk
from wakeup.usecases.desk.agent_outcome import FoundOut, record_outcome
from wakeup.usecases.desk.bring_guardian import bring_guardian
from wakeup.usecases.ladder.plan_calls import plan_call
from wakeup.usecases.review.review import Order

KIM, T1 = StaffId("usr_kim"), TransferId("t_1")
SECOND = T0 + 12 * MINUTE
LATER = SECOND + MINUTE


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    comes_to_work(desk, "kim", "+6531580101")
    return desk


def is_over(desk: Desk, talk: HandOver, at: datetime) -> None:
    """Both hang up, and Kim is ready again without having recorded the outcome."""
    assert talk.offer is not None
    desk.on(talk.case_id, at, lambda file: part(file, talk))
    call = desk.run(lambda unit, offer: unit.attempts.get(offer), talk.offer)
    ended = replace(
        call, state=AttemptState.ENDED, ended_at=at, disposition=Disposition.ANSWERED, check_at=None
    )  # fmt: skip
    desk.run(lambda unit: unit.attempts.save(ended))
    desk.on(talk.case_id, at, lambda file: offer_over(file, ended))
    desk.run(set_state, KIM, AgentEvent.BE_READY, at)


def two_talks(desk: Desk, first: Role = Role.CUSTOMER) -> tuple[CaseId, HandOver, HandOver]:
    """Kim has talked with the first one, and is on the line with the other one now."""
    case_id = CaseId(desk.flag(1, phone=PHONE, guardians=(guardian(),), tier=Tier.HIGH).case_id)

    def ring(file: CaseFile) -> None:
        assert plan_call(file, next(iter(file.parties(Role.GUARDIAN)))) is None

    desk.on(case_id, T0, ring)
    customers, guardians = desk.run(lambda unit: unit.attempts.of_case(case_id))
    calls = (customers, guardians) if first is Role.CUSTOMER else (guardians, customers)
    talk = takes_it(desk, waits(desk, on_the_line(desk, case_id, calls[0])))
    is_over(desk, talk, T0 + 3 * MINUTE)
    other = takes_it(desk, waits(desk, on_the_line(desk, case_id, calls[1], SECOND), SECOND), SECOND)
    return case_id, the_wait(desk, talk), other


def records(desk: Desk, talk: HandOver, outcome: Outcome, code: Reason, at: datetime = LATER) -> None:
    found = FoundOut(outcome=outcome, identified=True, talk=(talk.attempt_id, talk.n))
    desk.run(record_outcome, order(desk, "kim", talk.case_id, code, "said so"), found, at)


def learned(desk: Desk, case_id: CaseId) -> list[tuple[AttemptId | None, Contact, Outcome]]:
    found = desk.run(lambda unit: unit.talks.evidence(unit.cases.lock(case_id), T0))
    return [(one.attempt_id, one.contact, one.outcome) for _, one in found]


def unrecorded(desk: Desk) -> list[str]:
    return [one.ref for one in desk.run(human_talks_to_write_up, KIM, T0 - MINUTE)]


def test_what_the_customer_said_counts_as_the_customers_while_a_guardian_is_on_the_line(desk: Desk) -> None:
    case_id, customers, guardians = two_talks(desk)
    assert unrecorded(desk) == [customers.ref, guardians.ref]
    records(desk, customers, Outcome.ALREADY_PAID, Reason.WARNED)
    assert learned(desk, case_id) == [(customers.attempt_id, Contact.RIGHT_PARTY, Outcome.ALREADY_PAID)]
    assert desk.transfer(T1).state is TransferState.HELD
    assert unrecorded(desk) == [guardians.ref]
    records(desk, guardians, Outcome.COACHED, Reason.NOT_THE_CUSTOMER)
    assert learned(desk, case_id)[1:] == [(guardians.attempt_id, Contact.GUARDIAN, Outcome.GUARDIAN_WORRIED)]
    assert unrecorded(desk) == []


def test_what_a_guardian_said_counts_as_the_guardians_while_the_customer_is_on_the_line(desk: Desk) -> None:
    case_id, guardians, customers = two_talks(desk, Role.GUARDIAN)
    records(desk, guardians, Outcome.COACHED, Reason.NOT_THE_CUSTOMER)
    assert learned(desk, case_id) == [(guardians.attempt_id, Contact.GUARDIAN, Outcome.GUARDIAN_WORRIED)]
    assert desk.run(lambda unit: unit.cases.lock(case_id)).guardian_worried
    assert desk.transfer(T1).state is TransferState.PENDING, "the customer must still be warned"
    assert unrecorded(desk) == [customers.ref]


def test_the_desk_shows_the_talk_that_is_asked_for_and_says_which_one_is_on_the_line(desk: Desk) -> None:
    case_id, customers, guardians = two_talks(desk)
    view = desk.run(read_desk, KIM, SECOND)
    assert (view.talk, view.at_hand, view.guardian is not None) == (guardians, True, True)
    assert view.now.on_the_line == guardians.ref
    assert [one.ref for one in view.unrecorded] == [customers.ref]
    view = desk.run(read_desk, KIM, SECOND, case_id, (customers.attempt_id, customers.n))
    assert (view.talk, view.at_hand, view.guardian) == (customers, False, None)
    assert not view.written and not view.unrecorded
    records(desk, customers, Outcome.PERSISTS, Reason.WARNED)
    for talk, written in ((customers, True), (guardians, False)):
        view = desk.run(read_desk, KIM, LATER, case_id, (talk.attempt_id, talk.n))
        assert view.written is written


def test_no_record_is_accepted_about_the_talk_of_another_agent_or_another_case(desk: Desk) -> None:
    case_id, customers, _ = two_talks(desk)
    hire(desk, a_staff("lea"))
    other = CaseId(desk.flag(2).case_id)
    found = FoundOut(outcome=Outcome.PERSISTS, identified=True, talk=(customers.attempt_id, customers.n))
    for name, about in (("lea", case_id), ("kim", other)):
        with pytest.raises(ConflictError) as refused:
            desk.run(record_outcome, order(desk, name, about, Reason.WARNED), found, LATER)
        assert refused.value.field == "case"
    assert not learned(desk, case_id)


@pytest.mark.parametrize("text", [None, "", "att_c", "-4", "att_c-", "att_c-x", "att_c-1234567", "att_c-²"])
def test_what_names_no_talk_is_not_taken_for_one(text: str | None) -> None:
    assert human_talk_ref(text) is None


def test_a_talk_is_named_by_its_call_and_turn(desk: Desk) -> None:
    _, talk, _ = two_talks(desk)
    assert human_talk_ref(talk.ref) == (talk.attempt_id, talk.n)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("which", [0, 1])
def test_a_record_of_one_of_two_talks_of_a_call_leaves_the_other_in_the_list(
    desk: Desk, which: int, times: int
) -> None:
    """However often the agent corrects the one."""
    case_id = CaseId(desk.flag(1, phone=PHONE, tier=Tier.HIGH).case_id)
    call = on_the_line(desk, case_id)
    talk = takes_it(desk, waits(desk, call))
    is_over(desk, talk, T0 + 3 * MINUTE)
    other = takes_it(desk, waits(desk, call, SECOND, n=9), SECOND)
    is_over(desk, other, LATER)
    both = [the_wait(desk, talk), the_wait(desk, other)]
    assert unrecorded(desk) == [one.ref for one in both]
    for _ in range(times):
        records(desk, both[which], Outcome.CONSISTENT, Reason.CUSTOMER_REACHED, LATER + MINUTE)
    assert unrecorded(desk) == [both[1 - which].ref]
    records(desk, both[1 - which], Outcome.CONSISTENT, Reason.CUSTOMER_REACHED, LATER + 2 * MINUTE)
    assert unrecorded(desk) == []


def test_nobody_is_moved_or_brought_in_from_the_page_of_an_earlier_talk(desk: Desk) -> None:
    """The page of the talk with the customer is still open while their guardian is on the line."""
    case_id, customers, guardians = two_talks(desk)
    comes_to_work(desk, "lea", "+6531580102")
    earlier = (customers.attempt_id, customers.n)
    acts: list[tuple[Callable[[Order], object], str]] = [
        (lambda wish: desk.run(hand_on, wish, None, LATER, named=earlier), "hand_on"),
        (lambda wish: desk.run(bring_guardian, wish, LATER, agreed=True, named=earlier), "company"),
        (lambda wish: desk.run(ask_from_desk, wish, LATER, agreed=True, named=earlier), "agreed"),
    ]
    for act, field in acts:
        with pytest.raises(ConflictError) as refused:
            act(order(desk, "kim", case_id, text="she is frightened"))
        assert (refused.value.field, refused.value.reason) == (field, "no customer is on the line with you")
    assert the_wait(desk, guardians) == guardians
    desk.run(hand_on, order(desk, "kim", case_id), None, LATER, named=(guardians.attempt_id, guardians.n))
    assert the_wait(desk, guardians).state is HandOverState.HANDED_ON
