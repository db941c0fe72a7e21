"""Who is let into a talk beside the two: nobody of the customer's own people listens, and only they may bring company."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.agents_at_desk import comes_to_work, on_the_line, takes_it, waits
from tests.unit.builders import T0
from tests.unit.console_people import order
from tests.unit.desk import Desk
from tests.unit.test_ask_guardian import DAUGHTER, SON, guardian
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import AttemptId, CallSid, CaseId
from wakeup.domain.listening import Way
from wakeup.domain.party import Role
from wakeup.domain.staff import StaffRole
from wakeup.usecases.bring_guardian import bring_guardian
from wakeup.usecases.listen_in import listen_in


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    comes_to_work(desk, "ada", "+6531580101")
    return desk


def test_a_guardian_on_the_line_is_joined_with_no_other(desk: Desk) -> None:
    """They were rung for the case, and asked for a person: the customer has agreed to nothing."""
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
    with pytest.raises(ConflictError, match="it is not the customer who is on the line"):
        desk.run(bring_guardian, order(desk, "ada", case_id), T0, agreed=True)
    assert desk.run(lambda unit: unit.guests.of_talk(talk.attempt_id, talk.n)) == []


@pytest.mark.parametrize(("number", "let_in"), [(DAUGHTER, False), (SON, True)])
def test_a_supervisor_whose_number_stands_in_the_case_does_not_listen(desk: Desk, number: str, let_in: bool) -> None:
    sue = comes_to_work(desk, "sue", number, StaffRole.SUPERVISOR)
    case_id = CaseId(desk.flag(1, guardians=(guardian(DAUGHTER),)).case_id)
    wait = waits(desk, on_the_line(desk, case_id))
    takes_it(desk, wait)
    if let_in:
        desk.run(listen_in, order(desk, "sue", case_id), Way.LISTEN, T0)
    else:
        with pytest.raises(ConflictError, match="your number stands in this case"):
            desk.run(listen_in, order(desk, "sue", case_id), Way.LISTEN, T0)
    assert (desk.run(lambda unit: unit.listeners.of_staff(sue)) is not None) is let_in
