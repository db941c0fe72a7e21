"""A customer who leaves the conference returns by themselves or is fetched back, never both."""

from __future__ import annotations

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk
from tests.unit.test_calls_merge import dialled
from wakeup.domain.attempt import Attempt, AttemptEvent
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.usecases.agents.hand_over import customer_left
from wakeup.usecases.agents.offers import ALONE, part
from wakeup.usecases.agents.tend_hand_overs import TakeBack, tend
from wakeup.usecases.case.calls import advance_call, bind
from wakeup.usecases.casefile import CaseFile

SID = "CA1"


def in_the_room(desk: Desk) -> tuple[CaseId, HandOver]:
    """A customer on the line who is talking to an agent."""
    case_id, attempt = dialled(desk)

    def answers(file: CaseFile) -> Attempt:
        bound = bind(file, attempt, SID)
        assert bound is not None
        return advance_call(file, bound, AttemptEvent.ANSWER)

    desk.on(case_id, T0, answers)
    talk = HandOver(
        attempt_id=attempt.id, n=3, case_id=case_id, customer_id=CustomerId("u_1"), language="zh", skills=(),
        state=HandOverState.JOINED, asked_at=T0, give_up_at=T0 + MINUTE, joined_at=T0, due_at=None,
    )  # fmt: skip
    desk.run(lambda unit: unit.hand_overs.add(talk))
    return case_id, talk


def fetched(desk: Desk, talk: HandOver) -> tuple[TakeBack, ...]:
    """The hand-overs whose customer has to be fetched because they are still away."""
    return desk.run(tend, talk, T0 + MINUTE + ALONE).take_back


def test_a_customer_who_stays_behind_in_the_room_is_fetched(desk: Desk) -> None:
    case_id, talk = in_the_room(desk)
    desk.on(case_id, T0 + MINUTE, lambda file: part(file, talk))
    assert fetched(desk, talk) == (TakeBack(attempt_id=talk.attempt_id, call_sid=SID, n=4),)


def test_a_customer_who_came_back_is_not_torn_out_of_what_they_hear_now(desk: Desk) -> None:
    case_id, talk = in_the_room(desk)
    desk.on(case_id, T0 + MINUTE, lambda file: customer_left(file, talk))
    assert fetched(desk, talk) == ()
