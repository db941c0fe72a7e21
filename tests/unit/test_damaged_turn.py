"""One row of what was said in a call is damaged: the case is settled, its page is shown and says so, and nothing is
served in its place."""

from __future__ import annotations

import pytest

from tests.unit.agents_at_desk import on_the_line
from tests.unit.builders import MINUTE
from tests.unit.console_people import a_staff, hire
from tests.unit.desk import PHONE, Desk
from tests.unit.test_one_bad_row import loses_the_key
from tests.unit.test_recording_flags import CONVERSATION
from tests.unit.test_release_waits_for_a_talk import COOLED, SETTLED, T1, says_that_all_is_well, state
from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.domain.transfer import TransferState
from wakeup.ivr.turn import Answered, Turn, Utterance
from wakeup.storage.keyring import SealError
from wakeup.usecases.case.served_turn import served_turn
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.conversation.converse import Served, converse
from wakeup.usecases.conversation.talk import end_talk
from wakeup.usecases.inputs import Line
from wakeup.usecases.records import SpokenTurn, Talk

CALLED = COOLED - MINUTE
LI = CustomerId("u_1")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    hire(desk, a_staff("ann"))
    return desk


def talks(desk: Desk, case_id: CaseId) -> Attempt:
    """The customer is on the line, and two turns were served."""
    call = on_the_line(desk, case_id, now=CALLED)
    said = replace(CONVERSATION, turns=2)
    talk = Talk(
        attempt_id=call.id, case_id=case_id, customer_id=LI, turns=2, finished=False, started_at=CALLED,
        turned_at=CALLED, state=said.to_json(), named=(),
    )  # fmt: skip
    desk.run(lambda unit: unit.talks.add(talk))
    for n in range(2):
        turn = Turn(n=n, node="hello", utterances=(Utterance(text="Hello", language="en", voice=""),))
        spoken = SpokenTurn(
            attempt_id=call.id, customer_id=LI, n=n, at=CALLED, turn=turn.to_json(), input="answered human"
        )
        desk.run(lambda unit, spoken=spoken: unit.talks.add_turn(spoken))  # type: ignore[misc]
    return call


def is_damaged(desk: Desk) -> None:
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE talks SET sealed = x'00'"))


def turn_is_damaged(desk: Desk, n: int = 1) -> None:
    desk.run(lambda unit: unit.connection.exec_driver_sql(f"UPDATE turns SET sealed = x'00' WHERE n = {n}"))


def test_a_damaged_turn_delays_nothing(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    talks(desk, case_id)
    turn_is_damaged(desk)
    assert state(desk, case_id, COOLED) is TransferState.ALLOWED


def test_a_call_whose_talk_is_damaged_may_have_been_a_warning_so_its_payment_is_released_only_by_staff(
    desk: Desk,
) -> None:
    case_id = says_that_all_is_well(desk)
    call = talks(desk, case_id)
    is_damaged(desk)
    desk.on(case_id, CALLED, lambda file: end_talk(file, call))
    assert state(desk, case_id, COOLED) is TransferState.PENDING
    assert desk.transfer(T1).guarded


def test_a_damaged_talk_delays_no_decision_and_no_page(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    talks(desk, case_id)
    is_damaged(desk)
    assert state(desk, case_id, SETTLED) is TransferState.ALLOWED
    assert desk.run(read_case, case_id, SETTLED).talks == ()


def test_the_page_shows_the_other_turns_and_says_that_one_is_damaged(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    call = talks(desk, case_id)
    [before] = desk.run(read_case, case_id, SETTLED).talks
    assert [turn.n for turn in before.turns] == [0, 1] and not before.damaged
    turn_is_damaged(desk, 0)
    view = desk.run(read_case, case_id, SETTLED)
    assert [[turn.n for turn in one.turns] for one in view.talks] == [[1]]
    assert view.talks[0].damaged and not view.damaged
    is_damaged(desk)
    view = desk.run(read_case, case_id, SETTLED)
    assert not view.talks and view.damaged == {call.id}


def test_a_turn_is_not_taken_for_damaged_because_the_customers_key_cannot_be_read(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    call = talks(desk, case_id)
    loses_the_key(desk, "u_1")
    with pytest.raises(SealError):
        desk.run(lambda unit: unit.talks.get(call.id, LI))
    with pytest.raises(SealError):
        desk.run(lambda unit: unit.talks.turn(call.id, LI, 0))
    with pytest.raises(SealError):
        desk.run(lambda unit: unit.talks.turns(call.id, LI))


def test_a_call_without_a_script_is_served_nothing_in_place_of_a_damaged_turn(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    call = talks(desk, case_id)
    turn_is_damaged(desk)

    def never() -> Turn:
        raise AssertionError

    assert desk.on(case_id, COOLED, lambda file: served_turn(file, call, 1, Answered(), never)) is None


@pytest.mark.parametrize("n", [0, 2])
def test_a_call_whose_talk_is_damaged_ends_with_its_next_turn(desk: Desk, n: int) -> None:
    case_id = says_that_all_is_well(desk)
    call = talks(desk, case_id)
    is_damaged(desk)
    assert call.call_sid is not None
    line = Line(call_sid=call.call_sid, from_=call.from_number or "", to=PHONE)
    reply = desk.run(converse, call.id, n, line, Answered(), COOLED)
    assert (reply.turn, reply.why) == (None, Served.OVER)
    assert desk.transfer(T1).state is TransferState.PENDING
