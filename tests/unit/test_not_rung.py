"""Agents who are rung for nobody, whatever their state says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.unit.agents_at_desk import agent_of, comes_to_work, on_the_line, takes_it, the_wait, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire
from tests.unit.desk import Desk
from tests.unit.test_switchboard import BENS, Whisper, ring_all
from wakeup.domain.agent import AgentState
from wakeup.domain.attempt import AttemptState
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Disposition
from wakeup.domain.staff import StaffId, StaffRole
from wakeup.ivr.turn import Answered, Keys
from wakeup.usecases.agent_call import agent_turn
from wakeup.usecases.agents import read_agents
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.offers import offer_over
from wakeup.usecases.sign_in import switch_account
from wakeup.usecases.tend_hand_overs import due_hand_overs, end_wrap_ups

ADA = StaffId("usr_ada")


@pytest.fixture
def desk() -> Desk:
    """Ada is ready."""
    desk = Desk()
    comes_to_work(desk, "ada", "+6531580101")
    return desk


def somebody_waits(desk: Desk, n: int = 1, now: datetime = T0) -> HandOver:
    case_id = CaseId(desk.flag(n, now, customer_id=f"u_{n}").case_id)
    return waits(desk, on_the_line(desk, case_id, now=now), now)


def closes(desk: Desk, agent: StaffId) -> None:
    """An administrator closes their account."""
    hire(desk, a_staff("root", StaffRole.ADMIN))
    desk.run(switch_account, StaffId("usr_root"), agent, T0, on=False)


def stands_closed(desk: Desk, agent: StaffId) -> None:
    """As accounts once stood that were closed during a call: their agents were ready again after it."""
    desk.run(lambda unit: unit.staff.save(replace(unit.staff.get(agent), disabled_at=T0)))
    assert agent_of(desk, agent).state is AgentState.READY


def hangs_up(desk: Desk, talk: HandOver, now: datetime) -> None:
    """The agent of this talk does."""

    def over(file: CaseFile) -> None:
        call = file.unit.attempts.get(talk.offer)
        ended = replace(call, state=AttemptState.ENDED, ended_at=now, disposition=Disposition.ANSWERED, check_at=None)
        file.unit.attempts.save(ended)
        offer_over(file, ended)

    desk.on(talk.case_id, now, over)


@pytest.mark.parametrize("closed", [True, False])
def test_whose_account_is_closed_during_a_call_is_away_after_it(desk: Desk, closed: bool) -> None:
    talk = takes_it(desk, somebody_waits(desk))
    if closed:
        closes(desk, ADA)
    assert agent_of(desk, ADA).state is AgentState.ON_CALL, "the call is not cut"
    hangs_up(desk, talk, T0 + MINUTE)
    assert agent_of(desk, ADA).state is AgentState.WRAP_UP
    desk.run(end_wrap_ups, T0 + 4 * MINUTE)
    assert agent_of(desk, ADA).state is (AgentState.AWAY if closed else AgentState.READY)
    assert somebody_waits(desk, 2, T0 + 5 * MINUTE).agent == (None if closed else ADA)


def test_a_closed_account_is_found_for_nobody(desk: Desk) -> None:
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
    assert desk.run(lambda unit: unit.attempts.get(begun.offer)).disposition is Disposition.SUPPRESSED
    assert the_wait(desk, begun).agent == ben


@pytest.mark.parametrize("closed", [True, False])
def test_the_key_of_an_account_that_was_closed_while_its_phone_rang_takes_no_call(desk: Desk, closed: bool) -> None:
    desk._fittings = replace(desk._fittings, speaker=Whisper())
    begun = somebody_waits(desk)
    assert begun.offer is not None
    rung = on_the_line(desk, begun.case_id, desk.run(lambda unit: unit.attempts.get(begun.offer)))
    desk.on(begun.case_id, T0, lambda file: agent_turn(file, rung, 0, Answered()))
    if closed:
        closes(desk, ADA)
    said = desk.on(begun.case_id, T0, lambda file: agent_turn(file, rung, 1, Keys("1")))
    assert said is not None and said.node == ("declined" if closed else "joined")
    assert the_wait(desk, begun).state is (HandOverState.WAITING if closed else HandOverState.JOINED)
