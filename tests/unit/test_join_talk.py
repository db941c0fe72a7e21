"""Who may join a talk: no party of the case listens in, and only the customer may bring a guardian."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.agents_at_desk import comes_to_work, kinds, on_the_line, takes_it, waits
from tests.unit.builders import T0
from tests.unit.console_people import order
from tests.unit.desk import Desk
from tests.unit.guardian_steps import DAUGHTER, SON, guardian
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import AttemptId, CallSid, CaseId
from wakeup.domain.listening import ListenMode
from wakeup.domain.party import Role
from wakeup.domain.staff import StaffId, StaffRole
from wakeup.usecases.conference.listen_in import Moved, listen_in
from wakeup.usecases.desk.bring_guardian import bring_guardian


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    comes_to_work(desk, "ada", "+6531580101")
    return desk


def test_a_guardian_on_the_line_is_joined_with_no_other(desk: Desk) -> None:
    """The guardian was rung for the case and asked for a human. The customer has agreed to nothing."""
    case_id = CaseId(desk.flag(1, guardians=(guardian(), guardian(SON, "g_2"))).case_id)
    first = on_the_line(desk, case_id)
    party = desk.on(
        case_id, T0, lambda file: next(p for p in file.unit.parties.of_case(file.case) if p.role is Role.GUARDIAN)
    )
    theirs = replace(
        first, id=AttemptId("att_g"), party_id=party.id, number_index=party.number_index, n=2, call_sid=CallSid("CAg")
    )
    desk.run(lambda unit: unit.attempts.add(theirs, T0))
    talk = takes_it(desk, waits(desk, theirs))
    with pytest.raises(ConflictError, match="the person on the line is not the customer"):
        desk.run(bring_guardian, order(desk, "ada", case_id), T0, agreed=True)
    assert desk.run(lambda unit: unit.guests.of_talk(talk.attempt_id, talk.n)) == []


@pytest.mark.parametrize(("number", "let_in"), [(DAUGHTER, False), (SON, True)])
def test_a_supervisor_whose_number_stands_in_the_case_does_not_listen(desk: Desk, number: str, let_in: bool) -> None:
    sue = comes_to_work(desk, "sue", number, StaffRole.SUPERVISOR)
    case_id = CaseId(desk.flag(1, guardians=(guardian(DAUGHTER),)).case_id)
    wait = waits(desk, on_the_line(desk, case_id))
    takes_it(desk, wait)
    if let_in:
        desk.run(listen_in, order(desk, "sue", case_id), ListenMode.LISTEN, T0)
    else:
        with pytest.raises(ConflictError, match="your number belongs to a party of this case"):
            desk.run(listen_in, order(desk, "sue", case_id), ListenMode.LISTEN, T0)
    assert (desk.run(lambda unit: unit.listeners.of_staff(sue)) is not None) is let_in


def comes_in(desk: Desk, way: ListenMode) -> CaseId:
    """Supervisor Sue joins Ada's talk. Returns its case."""
    sue = comes_to_work(desk, "sue", "+6531580109", StaffRole.SUPERVISOR)
    case_id = CaseId(desk.flag(1).case_id)
    takes_it(desk, waits(desk, on_the_line(desk, case_id)))
    desk.run(listen_in, order(desk, "sue", case_id), way, T0)
    mine = desk.run(lambda unit: unit.listeners.of_staff(sue))
    assert mine is not None
    on_the_line(desk, case_id, desk.run(lambda unit: unit.attempts.get(mine.attempt_id)))
    desk.run(lambda unit: unit.listeners.save(replace(mine, entered_at=T0, served=way)))
    return case_id


def wishes(desk: Desk, case_id: CaseId, way: ListenMode) -> Moved | None:
    return desk.run(listen_in, order(desk, "sue", case_id), way, T0)


def test_a_change_that_the_phone_company_did_not_take_is_asked_for_again(desk: Desk) -> None:
    """Until the phone company accepts the change everyone hears her: the request alone changes nothing."""
    case_id = comes_in(desk, ListenMode.BARGE)
    first = wishes(desk, case_id, ListenMode.LISTEN)
    assert first is not None and first.still is ListenMode.BARGE
    assert wishes(desk, case_id, ListenMode.LISTEN) == first
    assert kinds(desk, case_id).count("listening_changed") == 1


def test_a_supervisor_who_asks_for_the_mode_in_force_stays_in_the_room(desk: Desk) -> None:
    """Updating the call would request a turn, and that turn would end it."""
    case_id = comes_in(desk, ListenMode.LISTEN)
    assert wishes(desk, case_id, ListenMode.LISTEN) is None
    assert wishes(desk, case_id, ListenMode.BARGE) is not None, "and the phone company did not take it"
    assert wishes(desk, case_id, ListenMode.LISTEN) is None
    mine = desk.run(lambda unit: unit.listeners.of_staff(StaffId("usr_sue")))
    assert mine is not None and mine.way is ListenMode.LISTEN
