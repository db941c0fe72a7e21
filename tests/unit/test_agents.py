"""Agents: how staff become agents, the states they have, and which of them are rung."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire
from tests.unit.desk import Desk
from wakeup.domain.agent import Agent, AgentEvent, AgentState, Need, Skill, choose, free, wrap_up_until
from wakeup.domain.errors import ConflictError, ForbiddenError, NotFoundError
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.roster import DAYS, Shift
from wakeup.domain.staff import StaffId, StaffRole
from wakeup.usecases.agents.agents import (
    NewAgent,
    dismiss_agent,
    enrol_agent,
    pin_index,
    read_agents,
    refuse_a_partys,
    set_state,
    writes_on,
)
from wakeup.usecases.agents.tend_hand_overs import end_wrap_ups
from wakeup.usecases.console.sign_in import close_account

ADA, BEN = StaffId("usr_ada"), StaffId("usr_ben")


def an_agent(name: str, **changes: Any) -> Agent:
    usual: dict[str, Any] = {
        "staff_id": StaffId(f"usr_{name}"), "name": name, "number_index": f"i_{name}", "languages": ("zh", "en"),
        "state": AgentState.READY, "since": T0, "idle_since": T0,
    }  # fmt: skip
    return Agent(**{**usual, **changes})


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    hire(desk, a_staff("ada", StaffRole.AGENT), a_staff("ben"), a_staff("vera", StaffRole.VIEWER),
         a_staff("root", StaffRole.ADMIN))  # fmt: skip
    return desk


def enrol(desk: Desk, name: str, address: str = "+6531580101", **more: Any) -> str:
    wanted = NewAgent(name=name, address=address, languages=more.pop("languages", ("zh",)), **more)
    return desk.run(enrol_agent, wanted, "root", T0)


def test_the_longest_idle_agent_who_speaks_the_language_is_called() -> None:
    agents = [
        an_agent("ada", idle_since=T0 - MINUTE),
        an_agent("ben", idle_since=T0 - 3 * MINUTE, languages=("en",)),
        an_agent("cho", idle_since=T0 - 2 * MINUTE),
    ]
    chosen = choose(agents, Need(language="zh"), (), (), T0)
    assert chosen is not None
    assert chosen.name == "cho"
    assert choose(agents, Need(language="zh"), (), {a.staff_id for a in agents[::2]}, T0) is None, "Ben speaks none"


def test_skill_comes_before_idleness_and_no_agent_is_worse_than_an_unskilled_one() -> None:
    need = Need(language="zh", skills=frozenset({Skill.CRITICAL, Skill.DISTRESS}))
    idle, skilled = an_agent("ada", idle_since=T0 - MINUTE), an_agent("ben", skills=(Skill.DISTRESS,))
    chosen = choose([idle, skilled], need, (), (), T0)
    assert chosen == skilled
    assert choose([idle], need, (), (), T0) == idle


@pytest.mark.parametrize("state", [s for s in AgentState if s is not AgentState.READY])
def test_only_an_agent_who_is_ready_is_free(state: AgentState) -> None:
    assert not free(an_agent("ada", state=state), (), T0)


def test_no_agent_is_called_twice_at_a_time_or_outside_their_hours() -> None:
    assert free(an_agent("ada"), (), T0)
    assert not free(an_agent("ada", offer=AttemptId("att_1")), (), T0)
    night = Shift(name="n", zone="UTC", days=frozenset(DAYS), begins=time(1), ends=time(2), agents=frozenset({"ada"}))
    assert not free(an_agent("ada"), [night], T0.replace(hour=3))
    assert free(an_agent("ada"), [night], T0.replace(hour=1))


def test_an_agent_begins_away_and_their_number_is_sealed(desk: Desk) -> None:
    pin = enrol(desk, "ada", skills=(Skill.CRITICAL,))
    (seen,) = desk.run(read_agents, T0)
    assert (seen.agent.name, seen.agent.state, seen.free) == ("ada", AgentState.AWAY, False)
    assert seen.agent.skills == (Skill.CRITICAL,)
    assert desk.run(lambda unit: unit.agents.address(ADA)) == "+6531580101"
    (row,) = desk.run(lambda unit: unit.connection.exec_driver_sql("SELECT * FROM agents").all())
    assert "31580101" not in str(row)
    assert pin not in str(row)
    assert desk.run(lambda unit: unit.agents.pin_is(ADA, pin_index(unit, ADA, pin)))
    assert not desk.run(lambda unit: unit.agents.pin_is(ADA, pin_index(unit, ADA, "000000")))
    assert not desk.run(lambda unit: unit.agents.pin_is(BEN, pin_index(unit, ADA, pin)))


def test_an_agent_may_have_a_sip_address(desk: Desk) -> None:
    enrol(desk, "ada", "sip:ada@calls.bank.example")
    assert desk.run(lambda unit: unit.agents.address(ADA)) == "sip:ada@calls.bank.example"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "6531580101"}, "phone"),
        ({"address": "sip:@"}, "phone"),
        ({"languages": ()}, "languages"),
        ({"languages": ("ms",)}, "languages"),
        ({"name": "vera"}, "name"),
        ({"name": "nobody"}, "name"),
    ],
)
def test_a_faulty_agent_is_refused_with_the_field(desk: Desk, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ConflictError) as refused:
        enrol(desk, changes.pop("name", "ada"), **changes)
    assert refused.value.field == field
    assert desk.run(read_agents, T0) == []


def test_a_number_of_a_customers_is_no_agents(desk: Desk) -> None:
    desk.flag(1, phone="+6591234567")
    with pytest.raises(ConflictError) as refused:
        desk.run(refuse_a_partys, "+6591234567")
    assert refused.value.field == "phone"
    desk.run(refuse_a_partys, "+6591234568")


def test_one_number_rings_one_agent(desk: Desk) -> None:
    enrol(desk, "ada")
    with pytest.raises(ConflictError) as refused:
        enrol(desk, "ben")
    assert refused.value.field == "phone"
    enrol(desk, "ada", languages=("en",))
    (seen,) = desk.run(read_agents, T0)
    assert seen.agent.languages == ("en",), "the same account again changes what is known of it"


def test_signing_in_twice_is_once(desk: Desk) -> None:
    enrol(desk, "ada")
    first = desk.run(set_state, ADA, AgentEvent.BE_READY, T0 + MINUTE)
    again = desk.run(set_state, ADA, AgentEvent.BE_READY, T0 + 2 * MINUTE, "line")
    assert first == again, "nothing is changed, not even since when"
    moves = [note for _, _, note in desk.run(lambda unit: unit.admin.newest(10)) if note.kind == "agent_moved"]
    assert [(note.data["before"], note.data["after"]) for note in moves] == [("away", "ready")]


def test_states_are_set_by_hand_but_no_call_is_left_so(desk: Desk) -> None:
    enrol(desk, "ada")
    for event, state in [(AgentEvent.BE_READY, "ready"), (AgentEvent.REST, "break"), (AgentEvent.LEAVE, "away")]:
        assert desk.run(set_state, ADA, event, T0).state == state
    with pytest.raises(ConflictError):
        desk.run(set_state, ADA, AgentEvent.TAKE, T0)
    with pytest.raises(ConflictError, match="choose one"):
        desk.run(set_state, ADA, None, T0)
    desk.run(lambda unit: unit.agents.save(an_agent("ada", state=AgentState.ON_CALL, offer=AttemptId("att_1"))))
    with pytest.raises(ConflictError) as refused:
        desk.run(set_state, ADA, AgentEvent.LEAVE, T0)
    assert refused.value.field == "state"
    for act in (lambda: enrol(desk, "ada"), lambda: desk.run(dismiss_agent, "ada", "root", T0)):
        with pytest.raises(ConflictError):
            act()


@pytest.mark.parametrize(
    ("wrote", "until"), [(0, 2), (1, 3), (7, 9), (9, 10), (30, 10)], ids=lambda minutes: f"{minutes} min"
)
def test_a_wrap_up_goes_on_while_the_agent_writes_but_not_for_ever(wrote: int, until: int) -> None:
    writing = an_agent("ada", state=AgentState.WRAP_UP, idle_since=T0 + wrote * MINUTE)
    assert wrap_up_until(writing, 2 * MINUTE) == T0 + until * MINUTE


def test_an_agent_who_writes_is_ready_later(desk: Desk) -> None:
    enrol(desk, "ada")
    desk.run(lambda unit: unit.agents.save(an_agent("ada", state=AgentState.WRAP_UP)))
    desk.run(writes_on, ADA, None, T0 + MINUTE)
    assert desk.run(end_wrap_ups, T0 + 2 * MINUTE) == T0 + 3 * MINUTE
    assert [one.agent.state for one in desk.run(read_agents, T0)] == [AgentState.WRAP_UP]
    assert desk.run(end_wrap_ups, T0 + 3 * MINUTE) is None
    assert [one.agent.state for one in desk.run(read_agents, T0)] == [AgentState.READY]
    desk.run(writes_on, BEN, None, T0)


def test_a_forgotten_page_about_an_earlier_call_keeps_no_agent_from_the_next_customer(desk: Desk) -> None:
    enrol(desk, "ada")
    desk.run(lambda unit: unit.agents.save(an_agent("ada", state=AgentState.WRAP_UP, case_id=CaseId("case_2"))))
    desk.run(writes_on, ADA, CaseId("case_1"), T0 + MINUTE)
    assert desk.run(end_wrap_ups, T0 + MINUTE) == T0 + 2 * MINUTE
    desk.run(writes_on, ADA, CaseId("case_2"), T0 + MINUTE)
    assert desk.run(end_wrap_ups, T0 + MINUTE) == T0 + 3 * MINUTE


def test_only_agents_take_calls(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        desk.run(set_state, ADA, AgentEvent.BE_READY, T0)
    with pytest.raises(ForbiddenError):
        desk.run(set_state, StaffId("usr_vera"), AgentEvent.BE_READY, T0)


def test_a_closed_account_takes_no_calls(desk: Desk) -> None:
    enrol(desk, "ada")
    desk.run(set_state, ADA, AgentEvent.BE_READY, T0)
    desk.run(close_account, StaffId("usr_root"), ADA, T0)
    (seen,) = desk.run(read_agents, T0)
    assert seen.agent.state is AgentState.AWAY


def test_an_agent_is_dismissed_and_the_account_stays(desk: Desk) -> None:
    enrol(desk, "ada")
    desk.run(dismiss_agent, "ada", "root", T0)
    assert desk.run(read_agents, T0) == []
    with pytest.raises(ConflictError):
        desk.run(dismiss_agent, "ada", "root", T0 + timedelta(seconds=1))
