"""A payment that joins a case whose phone is in use: it gets a call of its own when the line is free again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import PHONE, POLICY, Desk, someone
from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.party import Role
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.plan_calls import plan_call, plan_next_call
from wakeup.usecases.records import Talk
from wakeup.usecases.settle import cancel_planned

SECOND = MINUTE / 60


def on_the_phone(desk: Desk, case_id: CaseId, **changes: object) -> Attempt:
    """The planned call is under way: posted ten seconds after the flag."""

    def go(file: CaseFile) -> Attempt:
        [planned] = file.unit.attempts.of_case(case_id)
        usual = {"state": AttemptState.RINGING, "intent_at": T0 + 10 * SECOND, "from_number": PHONE, "call_sid": "CA1",
                 "check_at": T0 + MINUTE}  # fmt: skip
        live = replace(planned, **{**usual, **changes})
        file.unit.attempts.save(live)
        return live

    return desk.on(case_id, T0, go)


def talks(desk: Desk, attempt: Attempt, minutes: int) -> None:
    """Picked up so many minutes after the flag; the talk is about the first payment."""
    [named] = desk.on(attempt.case_id, T0, lambda file: [t.id for t in file.transfers()][:1])
    customer = desk.transfer(named).customer_id
    began = T0 + minutes * MINUTE
    talk = Talk(
        attempt_id=attempt.id, case_id=attempt.case_id, customer_id=customer, turns=1, finished=True, started_at=began,
        turned_at=began, state="{}", named=(named,),
    )  # fmt: skip
    desk.run(lambda unit: unit.talks.add(talk))


def ends(desk: Desk, attempt: Attempt, minutes: int, contact: Contact, disposition: Disposition) -> list[Attempt]:
    """The line is free. Answers what is planned now."""
    at = T0 + minutes * MINUTE
    over = replace(
        attempt, state=AttemptState.ENDED, contact=contact, disposition=disposition, ended_at=at, check_at=None
    )

    def end(file: CaseFile) -> None:
        file.unit.attempts.save(over)
        plan_next_call(file, over)

    desk.on(attempt.case_id, at, end)
    rows = desk.run(lambda unit: unit.attempts.of_case(attempt.case_id))
    return [a for a in rows if a.state is AttemptState.PLANNED]


@pytest.mark.parametrize(("joins", "calls"), [(1, 0), (2, 0), (3, 1)])
def test_only_what_joined_when_the_talk_had_begun_gets_a_call_of_its_own(joins: int, calls: int) -> None:
    desk = Desk()
    case = desk.flag(1, customer_id="u_1").case_id
    attempt = on_the_phone(desk, case)
    talks(desk, attempt, minutes=2)
    desk.flag(2, T0 + joins * MINUTE, customer_id="u_1")
    planned = ends(desk, attempt, 4, Contact.RIGHT_PARTY, Disposition.ANSWERED)
    assert [a.due_at for a in planned] == [T0 + 4 * MINUTE] * calls


@pytest.mark.parametrize("joins", [True, False])
def test_nobody_answered_for_the_last_time_and_another_payment_came_meanwhile(joins: bool) -> None:
    desk = Desk(replace(POLICY, calling=replace(POLICY.calling, no_answer_retries=0)))
    ringing = on_the_phone(desk, desk.flag(1, customer_id="u_1").case_id)
    if joins:
        desk.flag(2, T0 + MINUTE, customer_id="u_1")
    assert len(ends(desk, ringing, 2, Contact.NOBODY, Disposition.NO_ANSWER)) == joins


def test_a_guardian_on_the_line_keeps_no_call_from_the_customer() -> None:
    desk = Desk()
    case = desk.flag(1, customer_id="u_1", guardians=(someone("+6598886666", bank_id="g_1"),)).case_id
    [guardian] = desk.on(
        case, T0, lambda file: [p for p in file.unit.parties.of_case(file.case) if p.role is Role.GUARDIAN]
    )
    desk.on(case, T0, lambda file: cancel_planned(file, "story"))
    desk.on(case, T0, lambda file: plan_call(file, guardian))
    desk.flag(2, T0 + MINUTE, customer_id="u_1")
    planned = desk.run(lambda unit: [a for a in unit.attempts.of_case(case) if a.state is AttemptState.PLANNED])
    assert [a.party_id == guardian.id for a in planned] == [True, False]
