"""A guardian asks for an agent: the agent knows who it is, and nothing of that talk counts as the customer's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.agents_at_desk import comes_to_work, on_the_line, takes_it, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import order, review_of
from tests.unit.desk import PHONE, Desk, said
from tests.unit.guardian_steps import guardian
from tests.unit.test_warning_after_allow import queued
from wakeup.domain.errors import ConflictError
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Contact, Outcome
from wakeup.domain.party import Role
from wakeup.domain.review import Reason
from wakeup.domain.staff import StaffId
from wakeup.domain.to_do import PERSON_WITHIN, Urgency
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.agents.offers import part
from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.case.promised_call import alarm_late_promise
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.desk.agent_desk import ask_from_desk, read_desk
from wakeup.usecases.desk.agent_outcome import FOUND_OUT, FoundOut, record_outcome
from wakeup.usecases.ladder.plan_calls import plan_call

KIM, T1, LATER = StaffId("usr_kim"), TransferId("t_1"), T0 + 5 * MINUTE


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    comes_to_work(desk, "kim", "+6531580101")
    return desk


def talks_to_a_guardian(desk: Desk) -> tuple[CaseId, HandOver]:
    """The guardian of this case pressed 0 in a call of theirs, and Kim took it."""
    case_id = CaseId(desk.flag(1, phone=PHONE, guardians=(guardian(),), tier=Tier.HIGH).case_id)

    def ring(file: CaseFile) -> None:
        assert plan_call(file, next(iter(file.parties(Role.GUARDIAN)))) is None

    desk.on(case_id, T0, ring)
    call = desk.run(lambda unit: unit.attempts.of_case(case_id))[-1]
    return case_id, takes_it(desk, waits(desk, on_the_line(desk, case_id, call)))


def finds(desk: Desk, case_id: CaseId, outcome: Outcome, code: Reason = Reason.NOT_THE_CUSTOMER) -> None:
    wish = order(desk, "kim", case_id, code, "her son")
    desk.run(record_outcome, wish, FoundOut(outcome=outcome, identified=True), LATER)


def test_the_desk_names_the_guardian_and_no_one_when_it_is_the_customer(desk: Desk) -> None:
    case_id, _ = talks_to_a_guardian(desk)
    seen = desk.run(read_desk, KIM, T0).guardian
    assert seen is not None and seen.role is Role.GUARDIAN
    other = Desk()
    comes_to_work(other, "kim", "+6531580101")
    case_id = CaseId(other.flag(1).case_id)
    takes_it(other, waits(other, on_the_line(other, case_id)))
    assert other.run(read_desk, KIM, T0).guardian is None


@pytest.mark.parametrize("outcome", FOUND_OUT)
def test_a_guardians_word_to_an_agent_is_guardian_evidence_whatever_was_ticked(desk: Desk, outcome: Outcome) -> None:
    case_id, _ = talks_to_a_guardian(desk)
    finds(desk, case_id, outcome)
    [(_, found)] = desk.run(lambda unit: unit.talks.evidence(unit.cases.lock(case_id), T0))
    assert (found.contact, found.live_person) == (Contact.GUARDIAN, False)
    assert found.outcome in {Outcome.GUARDIAN_WORRIED, Outcome.DISTRESS, Outcome.PARTIAL}
    if outcome is not Outcome.DISTRESS:
        assert desk.transfer(T1).state is TransferState.PENDING, "the customer must still be warned"


@pytest.mark.parametrize("code", [Reason.WARNED, Reason.CUSTOMER_REACHED, Reason.OTHER])
def test_no_reason_says_that_the_customer_was_reached(desk: Desk, code: Reason) -> None:
    case_id, _ = talks_to_a_guardian(desk)
    with pytest.raises(ConflictError) as refused:
        finds(desk, case_id, Outcome.DISSUADED, code)
    assert refused.value.field == "reason"
    assert not [row for row in desk.timeline(case_id) if row["kind"] == "learned"]


def test_the_customer_goes_on_waiting_for_a_human(desk: Desk) -> None:
    case_id, talk = talks_to_a_guardian(desk)
    desk.teach(case_id, said(Outcome.DISTRESS, T1, T0, 1), T0)
    desk.on(case_id, T0, escalate)
    desk.on(case_id, T0 + MINUTE, lambda file: part(file, talk))
    finds(desk, case_id, Outcome.DISSUADED)
    assert review_of(desk, case_id).person_wanted_at == T0
    assert queued(desk, LATER) == [(T1, Urgency.PERSON_PROMISED)]


@pytest.mark.parametrize("code", [None, Reason.CALL_BACK_AGREED])
def test_their_talk_with_an_agent_does_not_put_off_what_was_promised_to_the_customer(
    desk: Desk, code: Reason | None
) -> None:
    case_id, _ = talks_to_a_guardian(desk)
    desk.on(case_id, T0, escalate)
    if code is not None:
        finds(desk, case_id, Outcome.KEEP_HOLD, code)
    desk.on(case_id, T0 + PERSON_WITHIN, alarm_late_promise)
    assert [row["kind"] for row in desk.timeline(case_id)].count("promise_late") == 1


def test_no_consent_of_the_customer_is_heard_from_a_guardian(desk: Desk) -> None:
    case_id, _ = talks_to_a_guardian(desk)
    with pytest.raises(ConflictError) as refused:
        desk.run(ask_from_desk, replace(order(desk, "kim", case_id), reason=None), T0, agreed=True)
    assert refused.value.field == "agreed"


def test_a_warning_of_the_guardian_puts_the_case_before_staff_as_from_their_own_call(desk: Desk) -> None:
    case_id, talk = talks_to_a_guardian(desk)
    desk.on(case_id, T0 + MINUTE, lambda file: part(file, talk))
    finds(desk, case_id, Outcome.COACHED)
    case = desk.run(lambda unit: unit.cases.lock(case_id))
    assert case.guardian_worried and case.person_due_at is not None
    assert queued(desk, LATER) == [(T1, Urgency.PERSON_WANTED)]
