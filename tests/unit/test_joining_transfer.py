"""A payment that joins a case whose phone is in use gets a call of its own when the line is free again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import PHONE, POLICY, Desk, someone
from wakeup.domain.attempt import Attempt, AttemptEvent, AttemptState, Errand
from wakeup.domain.ids import AttemptId, CallSid, CaseId, PartyId, TransferId
from wakeup.domain.outcome import Contact, Disposition, Outcome
from wakeup.domain.party import Party, Role
from wakeup.domain.transfer import TransferState
from wakeup.ivr.conversation import Conversation
from wakeup.usecases.case.stop_calls import stop_calls
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.dispatch.reconcile import record_fetch
from wakeup.usecases.inputs import CallReport, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.ladder.plan_calls import plan_call, plan_next_call, use_more_time
from wakeup.usecases.ports import RemoteCall
from wakeup.usecases.records import Talk

SECOND = MINUTE / 60


def on_the_phone(desk: Desk, case_id: CaseId, **changes: object) -> Attempt:
    """The planned call is under way: it was posted ten seconds after the flag."""

    def go(file: CaseFile) -> Attempt:
        [planned] = file.unit.attempts.of_case(case_id)
        usual: dict[str, Any] = {"state": AttemptState.RINGING, "intent_at": T0 + 10 * SECOND, "from_number": PHONE,
                                 "call_sid": "CA1", "check_at": T0 + MINUTE}  # fmt: skip
        live = replace(planned, **{**usual, **changes})
        file.unit.attempts.save(live)
        return live

    return desk.on(case_id, T0, go)


def talks(desk: Desk, attempt: Attempt, minutes: int) -> None:
    """The call is picked up `minutes` after the flag, and the talk is about the first payment."""
    [named] = desk.on(attempt.case_id, T0, lambda file: [t.id for t in file.transfers()][:1])
    customer = desk.transfer(named).customer_id
    began = T0 + minutes * MINUTE
    heard = Conversation(
        id=attempt.id, script_id="generic", version="1", content_hash="0", language="en", variant=0, visits={},
        filled={}, finished=True, outcome=Outcome.AGENT_REQUESTED,
    )  # fmt: skip
    talk = Talk(
        attempt_id=attempt.id, case_id=attempt.case_id, customer_id=customer, turns=1, finished=True, started_at=began,
        turned_at=began, state=heard.to_json(), named=(named,),
    )  # fmt: skip
    desk.run(lambda unit: unit.talks.add(talk))


def ends(desk: Desk, attempt: Attempt, minutes: int, contact: Contact, disposition: Disposition) -> list[Attempt]:
    """The call ends. Returns what is planned now."""
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
def test_only_a_payment_that_joined_when_the_talk_had_begun_gets_a_call_of_its_own(
    desk: Desk, joins: int, calls: int
) -> None:
    case = desk.flag(1, customer_id="u_1").case_id
    attempt = on_the_phone(desk, case)
    talks(desk, attempt, minutes=2)
    desk.flag(2, T0 + joins * MINUTE, customer_id="u_1")
    planned = ends(desk, attempt, 4, Contact.RIGHT_PARTY, Disposition.ANSWERED)
    assert [a.due_at for a in planned] == [T0 + 4 * MINUTE] * calls


@pytest.mark.parametrize("joins", [True, False])
def test_the_last_call_was_not_answered_and_another_payment_came_meanwhile(joins: bool) -> None:
    desk = Desk(replace(POLICY, calling=replace(POLICY.calling, no_answer_retries=0)))
    ringing = on_the_phone(desk, desk.flag(1, customer_id="u_1").case_id)
    if joins:
        desk.flag(2, T0 + MINUTE, customer_id="u_1")
    assert len(ends(desk, ringing, 2, Contact.NOBODY, Disposition.NO_ANSWER)) == joins


@pytest.mark.parametrize("more", ["joins", "extended"])
@pytest.mark.parametrize("state", [AttemptState.SENDING, AttemptState.PLACED])
def test_a_call_that_waits_for_its_line_waits_for_the_more_patient_payment(
    desk: Desk, state: AttemptState, more: str
) -> None:
    """If it were cancelled when the first window ends, no call would ask about the other, more patient payment."""
    case = desk.flag(1, customer_id="u_1", minutes=2).case_id
    waiting = on_the_phone(desk, case, state=state)
    if more == "joins":
        desk.flag(2, T0 + 20 * SECOND, customer_id="u_1", minutes=60)
    else:
        later = TransferEventIn(
            event_id="n_1", content_hash="h", transfer_id="t_1", kind=TransferNews.WINDOW_EXTENDED,
            occurred_at=T0, decide_by=T0 + 60 * MINUTE,
        )  # fmt: skip
        desk.run(apply_transfer_event, later, T0 + 20 * SECOND)
    report = CallReport(call_sid="CA1", event=AttemptEvent.ACCEPT, to="+6590000001", from_=PHONE)
    queued = RemoteCall(report=report, created_at=T0, outbound=True, queued=True)
    assert desk.run(record_fetch, waiting.id, queued, waiting.latest_start + SECOND) is None, "it is not cut"
    assert desk.run(lambda unit: unit.attempts.get(waiting.id)).latest_start > T0 + 50 * MINUTE


def test_a_customer_with_a_promised_call_is_called_about_a_payment_that_cannot_wait(desk: Desk) -> None:
    case = desk.flag(1, customer_id="u_1", minutes=120).case_id

    def promise(file: CaseFile) -> None:
        [call] = file.unit.attempts.of_case(case)
        later = replace(call, errand=Errand.APPOINTMENT, due_at=T0 + 60 * MINUTE, latest_start=T0 + 61 * MINUTE)
        file.unit.attempts.save(later)

    desk.on(case, T0, promise)
    desk.flag(2, T0 + MINUTE, customer_id="u_1", minutes=20)
    [_, call] = desk.run(lambda unit: unit.attempts.of_case(case))
    busy = replace(call, intent_at=T0 + MINUTE, from_number=PHONE, call_sid=CallSid("CA1"))
    promised, again = ends(desk, busy, 2, Contact.NOBODY, Disposition.BUSY)
    assert (promised.due_at, again.due_at) == (T0 + 60 * MINUTE, T0 + 2 * MINUTE + 30 * SECOND)
    desk.on(case, T0 + 3 * MINUTE, lambda file: cancel(file, TransferId("t_2")))
    over = replace(again, intent_at=T0 + 3 * MINUTE, from_number=PHONE, call_sid=CallSid("CA2"))
    assert ends(desk, over, 3, Contact.NOBODY, Disposition.BUSY) == [promised], "the other one can wait for it"


@pytest.mark.parametrize("joins", [True, False])
def test_a_customer_who_asked_for_a_later_call_is_not_called_now_about_the_same_payment(
    desk: Desk, joins: bool
) -> None:
    """The payment's window closes before the promised call. That was known when the time was announced."""
    case = desk.flag(1, customer_id="u_1", minutes=10).case_id
    attempt = on_the_phone(desk, case)
    talks(desk, attempt, minutes=1)
    desk.on(case, T0 + 2 * MINUTE, lambda file: file.unit.attempts.add(later_call(attempt), file.now))
    if joins:
        desk.flag(2, T0 + 2 * MINUTE, customer_id="u_1", minutes=10)
    calls = ends(desk, attempt, 3, Contact.UNVERIFIED_HUMAN, Disposition.ANSWERED)
    assert [call.promised for call in calls] == [True] + [False] * joins


def later_call(attempt: Attempt) -> Attempt:
    return replace(
        attempt, id=AttemptId("att_later"), n=2, state=AttemptState.PLANNED, errand=Errand.APPOINTMENT,
        intent_at=None, call_sid=None, from_number=None, check_at=None, due_at=T0 + 12 * MINUTE, latest_start=T0 + 27 * MINUTE,
    )  # fmt: skip


def cancel(file: CaseFile, transfer_id: TransferId) -> None:
    [one] = [transfer for transfer in file.transfers() if transfer.id == transfer_id]
    file.put(replace(one, state=TransferState.CANCELLED))


def test_a_guardian_on_the_line_keeps_no_call_from_the_customer(desk: Desk) -> None:
    case = desk.flag(1, customer_id="u_1", guardians=(someone("+6598886666", bank_id="g_1"),)).case_id
    [guardian] = desk.on(
        case, T0, lambda file: [p for p in file.unit.parties.of_case(file.case) if p.role is Role.GUARDIAN]
    )
    desk.on(case, T0, lambda file: stop_calls(file, "story"))
    desk.on(case, T0, lambda file: plan_call(file, guardian))
    desk.flag(2, T0 + MINUTE, customer_id="u_1")
    planned = desk.run(lambda unit: [a for a in unit.attempts.of_case(case) if a.state is AttemptState.PLANNED])
    assert [a.party_id == guardian.id for a in planned] == [True, False]


def rung_already(desk: Desk, case_id: CaseId, role: Role, states: Sequence[AttemptState]) -> None:
    """Calls of this case to a party other than the customer, all of them over."""

    def go(file: CaseFile) -> None:
        one = Party(
            id=PartyId(f"pty_{role}"), case_id=file.case.id, role=role, phone="+6531580101", number_index=f"n_{role}",
            region="SG", line_type="mobile", name="Ada",
        )  # fmt: skip
        file.unit.parties.add([one], file.case.customer_id)
        for n, state in enumerate(states):
            posted = state is AttemptState.ENDED
            over = Attempt(
                id=AttemptId(f"att_{role}_{n}"), case_id=file.case.id, party_id=one.id, number_index=one.number_index,
                n=n + 2, due_at=T0, latest_start=T0 + MINUTE, state=state, ended_at=T0,
                intent_at=T0 if posted else None, from_number=PHONE if posted else None,
                disposition=Disposition.NO_ANSWER if posted else Disposition.SUPPRESSED,
            )  # fmt: skip
            file.unit.attempts.add(over, T0)

    desk.on(case_id, T0, go)


def ladder_ends(desk: Desk, case_id: CaseId) -> list[str]:
    return [row["reason"] for row in desk.timeline(case_id) if row["kind"] == "ladder_ended"]


@pytest.mark.parametrize(
    ("role", "state", "rings"),
    [
        (Role.AGENT, AttemptState.ENDED, True),
        (Role.AGENT, AttemptState.SUPPRESSED, True),
        (Role.ALTERNATE, AttemptState.SUPPRESSED, True),
        (Role.ALTERNATE, AttemptState.CANCELED, True),
        (Role.ALTERNATE, AttemptState.ENDED, False),
    ],
)
def test_only_a_call_that_was_posted_to_the_customers_side_counts_for_a_case(
    desk: Desk, role: Role, state: AttemptState, rings: bool
) -> None:
    case = desk.flag(1, customer_id="u_1").case_id
    attempt = on_the_phone(desk, case)
    talks(desk, attempt, minutes=2)
    rung_already(desk, case, role, [state] * POLICY.calling.max_calls_per_case)
    desk.flag(2, T0 + 3 * MINUTE, customer_id="u_1")
    planned = ends(desk, attempt, 4, Contact.RIGHT_PARTY, Disposition.ANSWERED)
    assert [a.due_at for a in planned] == [T0 + 4 * MINUTE] * rings
    assert ladder_ends(desk, case) == ([] if rings else ["calls_used_up"]), "nothing ends without a word"


@pytest.mark.parametrize("role", [Role.GUARDIAN, Role.AGENT])
def test_more_time_is_used_for_the_customer_whichever_party_was_rung_last(desk: Desk, role: Role) -> None:
    case = desk.flag(1, customer_id="u_1", minutes=4).case_id
    ringing = on_the_phone(desk, case)
    assert ends(desk, ringing, 3, Contact.NOBODY, Disposition.NO_ANSWER) == []
    rung_already(desk, case, role, [])
    later = T0 + 3 * MINUTE

    def talked(file: CaseFile) -> None:
        over = replace(
            ringing, id=AttemptId("att_last"), party_id=PartyId(f"pty_{role}"), number_index=f"n_{role}", n=2,
            state=AttemptState.ENDED, disposition=Disposition.ANSWERED, contact=Contact.RIGHT_PARTY, ended_at=later,
            check_at=None, call_sid=CallSid("CA2"), due_at=later,
            errand=Errand.AGENT if role is Role.AGENT else Errand.LADDER,
        )  # fmt: skip
        file.unit.attempts.add(over, later)

    def extend(file: CaseFile) -> None:
        [transfer] = file.transfers()
        use_more_time(file, file.put(replace(transfer, decide_by=T0 + 40 * MINUTE, settle_at=T0 + 40 * MINUTE)))

    desk.on(case, later, talked)
    desk.on(case, later, extend)
    planned = desk.run(lambda unit: [a for a in unit.attempts.of_case(case) if a.state is AttemptState.PLANNED])
    assert [a.party_id for a in planned] == [ringing.party_id]
