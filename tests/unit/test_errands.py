"""What a call is for: `errand_of` tells the kinds apart."""

from __future__ import annotations

from tests.unit.agents_at_desk import comes_to_work, on_the_line, takes_it, waits
from tests.unit.builders import T0
from tests.unit.console_people import order
from tests.unit.desk import Desk
from tests.unit.sms_desk import Post
from tests.unit.test_appointments import appointment_of, promised
from tests.unit.test_ask_guardian import guardian
from tests.unit.test_call_guardian import calls, flagged, theirs
from wakeup.domain.attempt import Attempt, Errand
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.listening import ListenMode
from wakeup.domain.staff import StaffRole
from wakeup.usecases.case.errand import errand_of
from wakeup.usecases.conference.listen_in import listen_in
from wakeup.usecases.conversation.conference_call import ring_for_company
from wakeup.usecases.desk.bring_guardian import bring_guardian


def errand(desk: Desk, call: Attempt) -> Errand:
    return desk.on(call.case_id, T0, lambda file: errand_of(file, call))


def newest(desk: Desk, case_id: CaseId) -> Attempt:
    return desk.run(lambda unit: unit.attempts.of_case(case_id))[-1]


def test_calls_of_the_ladder_and_those_for_the_customer() -> None:
    desk = Post()
    case_id = promised(desk)
    own, *_ = desk.run(lambda unit: unit.attempts.of_case(case_id))
    assert errand(desk, own) is Errand.LADDER
    assert errand(desk, appointment_of(desk, case_id)) is Errand.APPOINTMENT


def test_calls_to_guardians() -> None:
    desk = Post()
    case_id = flagged(desk)
    own = newest(desk, case_id)
    assert calls(desk, case_id) is None
    [rung] = theirs(desk, case_id)
    desk.on(case_id, T0, lambda file: ring_for_company(file, own))
    _, company = theirs(desk, case_id)
    assert (errand(desk, rung), errand(desk, company)) == (Errand.LADDER, Errand.COMPANY)


def test_calls_about_a_talk_of_an_agent() -> None:
    desk = Desk()
    comes_to_work(desk, "ada", "+6531580101")
    case_id = CaseId(desk.flag(1, guardians=(guardian(),)).case_id)
    talk = takes_it(desk, waits(desk, on_the_line(desk, case_id)))
    assert talk.offer is not None
    assert errand(desk, desk.run(lambda unit: unit.attempts.get(AttemptId(talk.offer or "")))) is Errand.AGENT
    comes_to_work(desk, "sue", "+6531580109", StaffRole.SUPERVISOR)
    desk.run(listen_in, order(desk, "sue", case_id), ListenMode.LISTEN, T0)
    assert errand(desk, newest(desk, case_id)) is Errand.LISTENER
    desk.run(bring_guardian, order(desk, "ada", case_id), T0, agreed=True)
    assert errand(desk, newest(desk, case_id)) is Errand.GUEST
