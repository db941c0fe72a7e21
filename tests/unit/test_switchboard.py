"""Customers who wait for an agent: whom the switchboard finds for them, and that the search always ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.agents_at_desk import agent_of, comes_to_work, kinds, listens, on_the_line, takes_it, the_wait, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import order
from tests.unit.desk import Desk, Mute, take_claims
from tests.unit.guardian_steps import DAUGHTER, guardian
from tests.unit.test_appointments import people_wanted
from tests.unit.test_climb import OURS
from tests.unit.test_last_checks import rings
from tests.unit.test_recording_flags import a_talk
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import AttemptId, CallSid, CaseId
from wakeup.domain.outcome import Outcome
from wakeup.domain.pacing import PAUSED, TEXTS
from wakeup.domain.review import Reason
from wakeup.domain.staff import StaffRole
from wakeup.ivr.turn import Answered
from wakeup.usecases.agents.agent_call import agent_turn
from wakeup.usecases.agents.agents import dismiss_agent
from wakeup.usecases.agents.offers import person_ready
from wakeup.usecases.agents.tend_hand_overs import due_hand_overs, tend
from wakeup.usecases.desk.bring_guardian import bring_guardian
from wakeup.usecases.desk.reach_out import take_over
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.ladder.plan_calls import suppress
from wakeup.usecases.ports import Placement, PostResult, RefusalCause
from wakeup.usecases.ringing.pacing import resume_dialling, stop_dialling
from wakeup.usecases.speaker import WhisperFacts

BENS = "+6531580102"
OFFER = timedelta(seconds=20)
LATER = T0 + OFFER + timedelta(seconds=1)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def wait(desk: Desk) -> HandOver:
    """A hand-over for which the only free agent is the customer's own daughter. Ben was rung and did not answer."""
    comes_to_work(desk, "ada", DAUGHTER)
    ben = comes_to_work(desk, "ben", BENS)
    case_id = CaseId(desk.flag(1, guardians=(guardian(),)).case_id)
    begun = waits(desk, on_the_line(desk, case_id))
    assert begun.agent == ben, "nobody is rung for their own family"
    desk.run(tend, begun, T0 + OFFER)
    return the_wait(desk, begun)


def test_an_agent_of_the_customers_own_people_is_not_found_again_and_again(desk: Desk, wait: HandOver) -> None:
    due = desk.run(due_hand_overs, LATER, 20)
    assert (due.found, due.next_due) == ([], wait.give_up_at)


def test_the_timeline_says_once_that_no_agent_can_be_called_and_wakes_no_loop_again(desk: Desk, wait: HandOver) -> None:
    assert kinds(desk, wait.case_id).count("agents_busy") == 1
    for seconds in range(1, 20):
        desk.run(tend, wait, T0 + OFFER + timedelta(seconds=seconds))
        assert desk.wakes == set()
    assert kinds(desk, wait.case_id).count("agents_busy") == 1
    assert the_wait(desk, wait) == wait


def test_the_timeline_says_when_no_agent_was_free_from_the_beginning(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    begun = waits(desk, on_the_line(desk, case_id))
    assert (begun.offer, begun.due_at) == (None, T0 + MINUTE)
    assert kinds(desk, case_id).count("agents_busy") == 1


def test_an_agent_who_becomes_free_is_rung_at_once(desk: Desk, wait: HandOver) -> None:
    cho = comes_to_work(desk, "cho", "+6531580103")
    assert desk.run(due_hand_overs, LATER, 20).found == [wait]
    desk.run(tend, wait, LATER)
    assert the_wait(desk, wait).agent == cho
    assert agent_of(desk, cho).offer == the_wait(desk, wait).offer


def test_while_dialling_is_stopped_no_agent_is_rung_and_then_at_once(desk: Desk) -> None:
    ada = comes_to_work(desk, "ada", "+6531580101")
    stopped_until = T0 + timedelta(seconds=30)
    desk.run(stop_dialling, "AC", "account", stopped_until, T0)
    case_id = CaseId(desk.flag(1).case_id)
    assert desk.on(case_id, T0, lambda file: person_ready(file, "zh")) is False
    begun = waits(desk, on_the_line(desk, case_id))
    assert (begun.offer, begun.due_at) == (None, stopped_until)
    assert desk.run(due_hand_overs, LATER, 20).found == []
    assert kinds(desk, case_id).count("agents_busy") == 1
    assert desk.run(due_hand_overs, stopped_until, 20).found == [begun]
    desk.run(tend, begun, stopped_until)
    assert the_wait(desk, begun).agent == ada


def test_when_a_stop_is_ended_by_hand_customers_who_wait_are_looked_after(desk: Desk) -> None:
    comes_to_work(desk, "ada", "+6531580101")
    desk.run(stop_dialling, "AC", PAUSED, T0 + 60 * MINUTE, T0)
    begun = waits(desk, on_the_line(desk, CaseId(desk.flag(1).case_id)))
    desk.run(resume_dialling, "AC")
    assert "people" in desk.wakes
    assert desk.run(due_hand_overs, LATER, 20).found == [begun]


def test_that_no_sms_go_out_keeps_no_agent_from_being_rung(desk: Desk) -> None:
    comes_to_work(desk, "ada", "+6531580101")
    desk.run(stop_dialling, f"{TEXTS}AC", "account", T0 + MINUTE, T0)
    assert waits(desk, on_the_line(desk, CaseId(desk.flag(1).case_id))).offer is not None


def ring_all(desk: Desk, now: datetime) -> None:
    for claim in desk.run(take_claims, now, 9):
        desk.run(write_intent, claim, OURS, now)


def no_number_calls(desk: Desk) -> None:
    """The provider refused to call from any of our numbers."""
    for number in OURS:
        desk.run(lambda unit, one: unit.senders.rest(one, T0 + 10 * MINUTE, "code 21210"), number)


def test_an_agent_whose_call_cannot_go_out_is_free_again_and_the_next_is_tried(desk: Desk) -> None:
    ada = comes_to_work(desk, "ada", "+6531580101")
    case_id = CaseId(desk.flag(1).case_id)
    begun = waits(desk, on_the_line(desk, case_id))
    no_number_calls(desk)
    ben = comes_to_work(desk, "ben", BENS)
    ring_all(desk, T0)
    assert agent_of(desk, ada).offer is None
    assert agent_of(desk, ada).missed == 0, "no phone of theirs rang"
    assert the_wait(desk, begun).agent == ben
    ring_all(desk, T0)
    assert agent_of(desk, ben).offer is None
    assert the_wait(desk, begun).offer is None
    desk.run(dismiss_agent, "ada", "root", T0 + MINUTE)


@pytest.mark.parametrize(
    ("code", "fault", "missed"), [(20003, RefusalCause.ACCOUNT, 0), (29999, None, 0), (21211, RefusalCause.NUMBER, 1)]
)
def test_a_call_that_the_phone_company_refuses_is_missed_by_no_agent_with_a_valid_number(
    desk: Desk, code: int, fault: RefusalCause | None, missed: int
) -> None:
    """Two such faults in a row once made everybody at work count as away."""
    ada = comes_to_work(desk, "ada", "+6531580101")
    begun = waits(desk, on_the_line(desk, CaseId(desk.flag(1).case_id)))
    offer, intent = rings(desk)
    assert (offer, intent is None) == (begun.offer, False)
    desk.run(record_placement, "AC", offer, Placement(proof=PostResult.REFUSED, code=code, fault=fault), T0)
    assert the_wait(desk, begun).offer is None
    assert (agent_of(desk, ada).offer, agent_of(desk, ada).missed) == (None, missed)


def test_an_agent_whose_call_was_over_without_a_word_is_freed_when_their_time_is_up(desk: Desk) -> None:
    """Calls that could not go out once ended like this."""
    ada = comes_to_work(desk, "ada", "+6531580101")
    begun = waits(desk, on_the_line(desk, CaseId(desk.flag(1).case_id)))
    assert begun.offer is not None
    call = desk.run(lambda unit, offer: unit.attempts.get(offer), begun.offer)
    desk.on(begun.case_id, T0, lambda file: suppress(file, call, "no_sender"))
    assert agent_of(desk, ada).offer == begun.offer
    desk.run(tend, begun, T0 + OFFER)
    assert agent_of(desk, ada).offer is None


@pytest.fixture
def talk(desk: Desk) -> HandOver:
    """Ada talks to a customer."""
    comes_to_work(desk, "ada", "+6531580101")
    case_id = CaseId(desk.flag(1, guardians=(guardian(),)).case_id)
    return takes_it(desk, waits(desk, on_the_line(desk, case_id)))


def test_a_supervisor_whose_call_cannot_go_out_may_listen_again(desk: Desk, talk: HandOver) -> None:
    sue = comes_to_work(desk, "sue", "+6531580109", StaffRole.SUPERVISOR)
    no_number_calls(desk)
    listens(desk, "sue", talk)
    first = desk.run(lambda unit: unit.listeners.of_staff(sue))
    assert first is not None
    ring_all(desk, T0)
    assert desk.run(lambda unit: unit.listeners.of_staff(sue)) is None
    listens(desk, "sue", talk, now=T0 + MINUTE)
    again = desk.run(lambda unit: unit.listeners.of_staff(sue))
    assert again is not None and again.attempt_id != first.attempt_id


def brings(desk: Desk, talk: HandOver, now: datetime = T0) -> None:
    desk.run(bring_guardian, order(desk, "ada", talk.case_id), now, agreed=True)


def guests(desk: Desk, talk: HandOver) -> list[bool]:
    """For each guardian who was to join, whether the call to them is over."""
    return [
        one.ended_at is not None for one in desk.run(lambda unit: unit.guests.of_human_talk(talk.attempt_id, talk.n))
    ]


def test_a_guardian_whose_call_cannot_go_out_is_not_waited_for(desk: Desk, talk: HandOver) -> None:
    no_number_calls(desk)
    brings(desk, talk)
    assert guests(desk, talk) == [False]
    ring_all(desk, T0)
    assert guests(desk, talk) == [True]


@pytest.mark.parametrize("joins", ["guardian", "supervisor"])
def test_no_human_is_wanted_for_a_customer_who_talks_to_one_because_a_third_cannot_join(
    desk: Desk, talk: HandOver, joins: str
) -> None:
    """Staff were once alarmed that the customer had been promised a human and still waited."""
    no_number_calls(desk)
    if joins == "guardian":
        brings(desk, talk)
    else:
        comes_to_work(desk, "sue", "+6531580109", StaffRole.SUPERVISOR)
        listens(desk, "sue", talk)
    ring_all(desk, T0)
    assert kinds(desk, talk.case_id).count("attempt_suppressed") == 1
    assert not people_wanted(desk, talk.case_id)


def test_a_take_over_ends_the_call_that_was_to_bring_a_guardian(desk: Desk, talk: HandOver) -> None:
    comes_to_work(desk, "sue", "+6531580109", StaffRole.SUPERVISOR)
    brings(desk, talk)
    desk.run(take_over, order(desk, "sue", talk.case_id, Reason.CONTACT_CUSTOMER), T0)
    assert guests(desk, talk) == [True]


class Whisper(Mute):
    """A speaker that records what a colleague is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Outcome | None]] = []

    def colleague(self, _what: str, _language: str, facts: WhisperFacts) -> tuple[()]:
        self.told.append((facts.name, facts.outcome))
        return ()


@pytest.mark.parametrize("asks", ["customer", "guardian"])
def test_an_agent_hears_of_the_customer_who_waits_and_of_no_later_talk(desk: Desk, asks: str) -> None:
    whisper = Whisper()
    desk.speaks_by(whisper)
    comes_to_work(desk, "ada", "+6531580101")
    case_id = CaseId(desk.flag(1, guardians=(guardian(),)).case_id)
    customer = on_the_line(desk, case_id)
    party = desk.on(
        case_id, T0, lambda file: next(p for p in file.unit.parties.of_case(file.case) if p.role == "guardian")
    )
    later = replace(
        customer,
        id=AttemptId("att_g"),
        party_id=party.id,
        number_index=party.number_index,
        n=2,
        call_sid=CallSid("CAg"),
    )
    desk.run(lambda unit: unit.attempts.add(later, T0))
    calls = {"customer": (customer, Outcome.DISTRESS), "guardian": (later, Outcome.KEEP_HOLD)}
    for n, (call, outcome) in enumerate(calls.values()):
        talk = replace(
            a_talk(outcome=outcome), attempt_id=call.id, case_id=case_id, started_at=T0 + n * MINUTE,
        )  # fmt: skip
        desk.run(lambda unit, talk: unit.talks.add(talk), talk)
    call, outcome = calls[asks]
    begun = waits(desk, call)
    assert begun.offer is not None
    rung = on_the_line(desk, case_id, desk.run(lambda unit, offer: unit.attempts.get(offer), begun.offer))
    desk.on(case_id, T0, lambda file: agent_turn(file, rung, 0, Answered()))
    assert whisper.told == [("Mei" if asks == "customer" else "Lin", outcome)]
