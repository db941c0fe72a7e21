"""Who may join a talk: no party of the case listens in, and only the customer may bring a guardian."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.agents_at_desk import comes_to_work, kinds, listens, on_the_line, takes_it, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import order
from tests.unit.desk import Desk
from tests.unit.guardian_steps import DAUGHTER, SON, guardian
from wakeup.domain.attempt import Attempt
from wakeup.domain.errors import ConflictError
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import AttemptId, CallSid, CaseId
from wakeup.domain.listening import ListenMode
from wakeup.domain.party import Role
from wakeup.domain.staff import StaffId, StaffRole
from wakeup.usecases.desk.bring_guardian import bring_guardian


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    comes_to_work(desk, "ada", "+6531580101")
    return desk


def guardians_talk(desk: Desk, case_id: CaseId, first: Attempt) -> HandOver:
    """A guardian, rung for the case, asked for a human, too, and talks to an agent. `first`: the customer's call."""
    party = desk.on(
        case_id, T0, lambda file: next(p for p in file.unit.parties.of_case(file.case) if p.role is Role.GUARDIAN)
    )
    theirs = replace(
        first, id=AttemptId("att_g"), party_id=party.id, number_index=party.number_index, n=2, call_sid=CallSid("CAg")
    )
    desk.run(lambda unit: unit.attempts.add(theirs, T0))
    return takes_it(desk, waits(desk, theirs))


def test_a_guardian_on_the_line_is_joined_with_no_other(desk: Desk) -> None:
    """The customer has agreed to nothing."""
    case_id = CaseId(desk.flag(1, guardians=(guardian(), guardian(SON, "g_2"))).case_id)
    talk = guardians_talk(desk, case_id, on_the_line(desk, case_id))
    with pytest.raises(ConflictError, match="the person on the line is not the customer"):
        desk.run(bring_guardian, order(desk, "ada", case_id), T0, agreed=True)
    assert desk.run(lambda unit: unit.guests.of_human_talk(talk.attempt_id, talk.n)) == []


@pytest.mark.parametrize(("number", "let_in"), [(DAUGHTER, False), (SON, True)])
def test_a_supervisor_whose_number_stands_in_the_case_does_not_listen(desk: Desk, number: str, let_in: bool) -> None:
    sue = comes_to_work(desk, "sue", number, StaffRole.SUPERVISOR)
    case_id = CaseId(desk.flag(1, guardians=(guardian(DAUGHTER),)).case_id)
    talk = takes_it(desk, waits(desk, on_the_line(desk, case_id)))
    if let_in:
        listens(desk, "sue", talk)
    else:
        with pytest.raises(ConflictError, match="your number belongs to a party of this case"):
            listens(desk, "sue", talk)
    assert (desk.run(lambda unit: unit.listeners.of_staff(sue)) is not None) is let_in


@pytest.mark.parametrize("row", ["customer", "guardian"])
def test_a_supervisor_enters_the_talk_in_whose_row_they_asked(desk: Desk, row: str) -> None:
    """What is said to the customer of the payment must not reach the guardian."""
    sue = comes_to_work(desk, "sue", "+6531580109", StaffRole.SUPERVISOR)
    case_id = CaseId(desk.flag(1, guardians=(guardian(),)).case_id)
    customer = on_the_line(desk, case_id)
    talks = {"guardian": guardians_talk(desk, case_id, customer)}
    comes_to_work(desk, "cho", "+6531580103")
    talks["customer"] = takes_it(desk, waits(desk, customer, T0 + MINUTE))
    listens(desk, "sue", talks[row], ListenMode.BARGE)
    mine = desk.run(lambda unit: unit.listeners.of_staff(sue))
    assert mine is not None and (mine.wait, mine.n) == (talks[row].attempt_id, talks[row].n)


def test_a_row_from_before_a_hand_on_lets_no_supervisor_in(desk: Desk) -> None:
    comes_to_work(desk, "sue", "+6531580109", StaffRole.SUPERVISOR)
    case_id = CaseId(desk.flag(1).case_id)
    talk = takes_it(desk, waits(desk, on_the_line(desk, case_id)))
    with pytest.raises(ConflictError, match="no colleague is talking to this customer now"):
        listens(desk, "sue", replace(talk, n=talk.n - 1))


def comes_in(desk: Desk, way: ListenMode) -> HandOver:
    """Supervisor Sue joins Ada's talk. Returns that talk."""
    sue = comes_to_work(desk, "sue", "+6531580109", StaffRole.SUPERVISOR)
    case_id = CaseId(desk.flag(1).case_id)
    talk = takes_it(desk, waits(desk, on_the_line(desk, case_id)))
    listens(desk, "sue", talk, way)
    mine = desk.run(lambda unit: unit.listeners.of_staff(sue))
    assert mine is not None
    on_the_line(desk, case_id, desk.run(lambda unit: unit.attempts.get(mine.attempt_id)))
    desk.run(lambda unit: unit.listeners.save(replace(mine, entered_at=T0, served=way)))
    return talk


def test_a_change_that_the_phone_company_did_not_take_is_asked_for_again(desk: Desk) -> None:
    """Until the phone company accepts the change everyone hears her: the request alone changes nothing."""
    talk = comes_in(desk, ListenMode.BARGE)
    first = listens(desk, "sue", talk, ListenMode.LISTEN)
    assert first is not None and first.still is ListenMode.BARGE
    assert listens(desk, "sue", talk, ListenMode.LISTEN) == first
    assert kinds(desk, talk.case_id).count("listening_changed") == 1


def test_a_supervisor_who_asks_for_the_mode_in_force_stays_in_the_room(desk: Desk) -> None:
    """Updating the call would request a turn, and that turn would end it."""
    talk = comes_in(desk, ListenMode.LISTEN)
    assert listens(desk, "sue", talk, ListenMode.LISTEN) is None
    assert listens(desk, "sue", talk, ListenMode.BARGE) is not None, "and the phone company did not take it"
    assert listens(desk, "sue", talk, ListenMode.LISTEN) is None
    mine = desk.run(lambda unit: unit.listeners.of_staff(StaffId("usr_sue")))
    assert mine is not None and mine.way is ListenMode.LISTEN
