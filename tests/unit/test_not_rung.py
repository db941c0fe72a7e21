"""Agents who are never rung, whatever state they are in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.unit.agents_at_desk import agent_of, comes_to_work, listens, on_the_line, takes_it, the_wait, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order
from tests.unit.desk import Desk
from tests.unit.test_switchboard import BENS, OFFER, Whisper, ring_all
from wakeup.domain.agent import AgentState
from wakeup.domain.attempt import AttemptState
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Disposition
from wakeup.domain.staff import StaffId, StaffRole
from wakeup.ivr.turn import Answered, Keys
from wakeup.storage.repositories.agents import SqlAgents
from wakeup.usecases.agents.agent_call import agent_turn
from wakeup.usecases.agents.agents import read_agents
from wakeup.usecases.agents.offers import offer_over
from wakeup.usecases.agents.tend_hand_overs import due_hand_overs, end_wrap_ups, tend
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.listen_in import leave_human_talk
from wakeup.usecases.console.sign_in import close_account

ADA, SUES = StaffId("usr_ada"), "+6531580109"


@pytest.fixture
def desk() -> Desk:
    """Agent Ada is ready."""
    desk = Desk()
    comes_to_work(desk, "ada", "+6531580101")
    return desk


def somebody_waits(desk: Desk, n: int = 1, now: datetime = T0) -> HandOver:
    case_id = CaseId(desk.flag(n, now, customer_id=f"u_{n}").case_id)
    return waits(desk, on_the_line(desk, case_id, now=now), now)


def closes(desk: Desk, agent: StaffId) -> None:
    """An administrator closes the agent's account."""
    hire(desk, a_staff("root", StaffRole.ADMIN))
    desk.run(close_account, StaffId("usr_root"), agent, T0)


def stands_closed(desk: Desk, agent: StaffId) -> None:
    """The account was closed during a call, before a fix: such agents were ready again after it."""
    desk.run(lambda unit: unit.staff.save(replace(unit.staff.get(agent), disabled_at=T0)))
    assert agent_of(desk, agent).state is AgentState.READY


def hangs_up(desk: Desk, talk: HandOver, now: datetime) -> None:
    """The agent of this talk hangs up."""

    def over(file: CaseFile) -> None:
        assert talk.offer is not None
        call = file.unit.attempts.get(talk.offer)
        ended = replace(call, state=AttemptState.ENDED, ended_at=now, disposition=Disposition.ANSWERED, check_at=None)
        file.unit.attempts.save(ended)
        offer_over(file, ended)

    desk.on(talk.case_id, now, over)


@pytest.mark.parametrize("closed", [True, False])
def test_an_agent_whose_account_is_closed_during_a_call_is_away_after_it(desk: Desk, closed: bool) -> None:
    talk = takes_it(desk, somebody_waits(desk))
    if closed:
        closes(desk, ADA)
    assert agent_of(desk, ADA).state is AgentState.ON_CALL, "the call is not cut"
    hangs_up(desk, talk, T0 + MINUTE)
    assert agent_of(desk, ADA).state is AgentState.WRAP_UP
    desk.run(end_wrap_ups, T0 + 4 * MINUTE)
    assert agent_of(desk, ADA).state is (AgentState.AWAY if closed else AgentState.READY)
    assert somebody_waits(desk, 2, T0 + 5 * MINUTE).agent == (None if closed else ADA)


def test_a_closed_account_gets_no_hand_over(desk: Desk) -> None:
    stands_closed(desk, ADA)
    assert somebody_waits(desk).offer is None
    assert desk.run(due_hand_overs, T0, 20).found == []
    assert [one.free for one in desk.run(read_agents, T0)] == [False]


def test_no_phone_rings_of_an_account_that_was_closed_since_it_was_chosen(desk: Desk) -> None:
    ben = comes_to_work(desk, "ben", BENS)
    begun = somebody_waits(desk)
    assert begun.agent == ADA and begun.offer is not None
    stands_closed(desk, ADA)
    ring_all(desk, T0)
    assert desk.run(lambda unit, offer: unit.attempts.get(offer), begun.offer).disposition is Disposition.SUPPRESSED
    assert the_wait(desk, begun).agent == ben


def test_an_account_that_is_closed_while_its_phone_rings_gives_way_at_once(desk: Desk) -> None:
    begun = somebody_waits(desk)
    assert begun.offer is not None
    ring_all(desk, T0)
    ben = comes_to_work(desk, "ben", BENS)
    assert desk.run(due_hand_overs, T0, 20).found == []
    closes(desk, ADA)
    assert "people" in desk.wakes
    assert desk.run(due_hand_overs, T0, 20).found == [begun]
    desk.run(tend, begun, T0)
    assert the_wait(desk, begun).agent == ben
    assert agent_of(desk, ADA).missed == 0
    assert desk.run(due_hand_overs, T0, 20).found == []


@pytest.mark.parametrize("closed", [True, False])
def test_the_key_of_an_account_that_was_closed_while_its_phone_rang_takes_no_call(desk: Desk, closed: bool) -> None:
    desk.speaks_by(Whisper())
    begun = somebody_waits(desk)
    assert begun.offer is not None
    rung = on_the_line(desk, begun.case_id, desk.run(lambda unit, offer: unit.attempts.get(offer), begun.offer))
    desk.on(begun.case_id, T0, lambda file: agent_turn(file, rung, 0, Answered()))
    if closed:
        closes(desk, ADA)
    said = desk.on(begun.case_id, T0, lambda file: agent_turn(file, rung, 1, Keys("1")))
    assert said is not None and said.node == ("declined" if closed else "joined")
    assert the_wait(desk, begun).state is (HandOverState.WAITING if closed else HandOverState.JOINED)


def sue_listens(desk: Desk) -> StaffId:
    """Supervisor Sue is ready, and asks to listen to a talk of Ada's."""
    talk = takes_it(desk, somebody_waits(desk))
    sue = comes_to_work(desk, "sue", SUES, StaffRole.SUPERVISOR)
    listens(desk, "sue", talk)
    return sue


def test_a_supervisor_who_listens_is_found_for_no_customer_until_they_have_left(desk: Desk) -> None:
    """Our own call keeps her line busy. The next customer would wait 20 seconds for a call that is never dialled."""
    sue = sue_listens(desk)
    begun = somebody_waits(desk, 2)
    assert begun.offer is None and agent_of(desk, sue).state is AgentState.READY
    assert desk.run(due_hand_overs, T0, 20).found == []
    assert not any(one.free for one in desk.run(read_agents, T0))
    [mine] = desk.run(lambda unit: unit.listeners.open())
    desk.run(leave_human_talk, order(desk, "sue", mine.case_id), T0)
    assert "people" in desk.wakes
    assert desk.run(due_hand_overs, T0, 20).found == [begun]
    desk.run(tend, begun, T0)
    assert the_wait(desk, begun).agent == sue


def test_a_supervisor_who_leaves_before_the_phone_rings_has_the_call_cancelled(desk: Desk) -> None:
    """Every change of a call's state is a row in the timeline."""
    sue_listens(desk)
    [mine] = desk.run(lambda unit: unit.listeners.open())
    desk.run(leave_human_talk, order(desk, "sue", mine.case_id), T0)
    assert desk.run(lambda unit: unit.attempts.get(mine.attempt_id)).state is AttemptState.CANCELED
    [told] = [note for note in desk.timeline(mine.case_id) if note["kind"] == "attempt_canceled"]
    assert (told["attempt"], told["reason"]) == (mine.attempt_id, "listener_left")


def test_the_phone_of_a_supervisor_whose_account_was_closed_since_she_asked_does_not_ring(desk: Desk) -> None:
    sue = sue_listens(desk)
    [mine] = desk.run(lambda unit: unit.listeners.open())
    closes(desk, sue)
    ring_all(desk, T0)
    assert desk.run(lambda unit: unit.attempts.get(mine.attempt_id)).disposition is Disposition.SUPPRESSED
    assert desk.run(lambda unit: unit.listeners.open()) == []


def test_an_agent_who_has_asked_to_listen_since_the_others_were_read_is_not_rung(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """She asked on another node, while this one waited for the lock on her row."""
    sue_listens(desk)
    monkeypatch.setattr(SqlAgents, "not_to_ring", lambda _repository: frozenset())
    assert somebody_waits(desk, 2).offer is None


@pytest.mark.parametrize("rang", [True, False])
def test_a_call_that_never_went_out_was_missed_by_no_agent(desk: Desk, rang: bool) -> None:
    begun = somebody_waits(desk)
    if rang:
        ring_all(desk, T0)
    desk.run(tend, begun, T0 + OFFER)
    assert agent_of(desk, ADA).missed == (1 if rang else 0)
    assert (agent_of(desk, ADA).offer is None) is not rang, "a phone that may ring keeps them taken"
    assert the_wait(desk, begun).offer is None, "they are not rung for this wait again"
