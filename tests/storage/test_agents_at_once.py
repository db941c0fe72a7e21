"""Two nodes change the same agents at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine

from tests.storage.interleave import before, meet, run
from tests.unit.agents_at_desk import agent_of, comes_to_work, on_the_line, waits
from tests.unit.builders import HOUR, T0
from tests.unit.console_people import a_staff
from tests.unit.desk import Desk
from wakeup.domain.agent import AgentEvent, AgentState
from wakeup.domain.attempt import AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.staff import StaffId, StaffRole
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.agents.agents import NewAgent, enrol_agent, set_state
from wakeup.usecases.agents.tend_hand_overs import end_wrap_ups, tend

P = ParamSpec("P")
T = TypeVar("T")
BO = StaffId("usr_bo")


def test_the_end_of_wrap_ups_and_an_agents_break_at_once_do_not_deadlock(engine: Engine) -> None:
    """Each use case changes an agent, and then writes to the shared log of administration."""
    for n, name in enumerate(("al", "bo")):
        run(engine, writes_still(name, f"+653123450{n}"))

    def rests(work: SqlUnit) -> AgentState:
        return set_state(work, BO, AgentEvent.REST, T0 + HOUR).state

    met = meet(engine, lambda work: end_wrap_ups(work, T0 + HOUR), rests, before("FOR UPDATE", times=3))
    assert met.stopped and met.waited and met.anew == 0, met
    assert met.second is AgentState.BREAK


class Node(Desk):
    """A desk on this database."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._n = engine, 0

    def run(self, use_case: Callable[Concatenate[SqlUnit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return run(self._engine, lambda work: use_case(work, *args, **kwargs))


def test_an_agent_who_misses_a_call_and_one_who_takes_a_break_do_not_deadlock(engine: Engine) -> None:
    """The agent who missed the call counts as away from now on, which is written to the log of administration; the
    agent who would be called next takes a break at this moment.
    """
    node = Node(engine)
    both = {comes_to_work(node, name, f"+653123450{n}") for n, name in enumerate(("al", "bo"))}
    wait = waits(node, on_the_line(node, node.flag(1).case_id))
    assert wait.offer is not None and wait.offer_until is not None
    offer = on_the_line(node, wait.case_id, node.run(lambda unit: unit.attempts.get(AttemptId(str(wait.offer)))))
    # An agent who has picked up would not be passed over before the next one is known.
    node.run(lambda unit: unit.attempts.save(replace(offer, state=AttemptState.RINGING, answered_at=None)))
    rung = agent_of(node, wait.agent)
    node.run(lambda unit: unit.agents.save(replace(rung, missed=unit.policy.people.missed - 1)))
    [other] = both - {rung.staff_id}
    met = meet(
        engine,
        lambda work: tend(work, wait, wait.offer_until or T0),
        lambda work: set_state(work, other, AgentEvent.REST, T0 + HOUR),
        before("FOR UPDATE", times=4),
    )
    assert met.stopped and met.waited and met.anew == 0, met
    assert agent_of(node, rung.staff_id).state is AgentState.AWAY
    assert agent_of(node, other).state is AgentState.BREAK


def writes_still(name: str, address: str) -> Callable[[SqlUnit], None]:
    """An agent whose talk is over."""

    def work(unit: SqlUnit) -> None:
        unit.staff.add(a_staff(name, StaffRole.AGENT))
        enrol_agent(unit, NewAgent(name=name, address=address, languages=("zh",)), "root", T0)
        agent = unit.agents.lock(StaffId(f"usr_{name}"))
        assert agent is not None
        unit.agents.save(replace(agent, state=AgentState.WRAP_UP))

    return work
