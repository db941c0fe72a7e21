"""An agent and a waiting customer, without a running loop: fixtures for stories about the switchboard."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order
from tests.unit.desk import Desk
from wakeup.domain.agent import Agent, AgentEvent
from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import CallSid, CaseId
from wakeup.domain.listening import ListenMode
from wakeup.domain.outcome import Contact
from wakeup.domain.staff import StaffId, StaffRole
from wakeup.usecases.agents.agents import NewAgent, enrol_agent, set_state
from wakeup.usecases.agents.hand_over import wait_in_room
from wakeup.usecases.agents.offers import accept
from wakeup.usecases.conference.listen_in import Moved, listen_in


def comes_to_work(desk: Desk, name: str, address: str, role: StaffRole = StaffRole.AGENT) -> StaffId:
    hire(desk, a_staff(name, role))
    desk.run(enrol_agent, NewAgent(name=name, address=address, languages=("zh", "en")), "root", T0)
    desk.run(set_state, StaffId(f"usr_{name}"), AgentEvent.BE_READY, T0)
    return StaffId(f"usr_{name}")


def on_the_line(desk: Desk, case_id: CaseId, attempt: Attempt | None = None, now: datetime = T0) -> Attempt:
    """Answer this call of the case, or its first one."""
    call = attempt or desk.run(lambda unit: unit.attempts.of_case(case_id))[0]
    live = replace(
        call, state=AttemptState.ANSWERED, call_sid=CallSid(f"CA{call.id}"), intent_at=now, from_number="+6531580001",
        answered_at=now, check_at=now + MINUTE, contact=Contact.UNVERIFIED_HUMAN,
    )  # fmt: skip
    desk.run(lambda unit: unit.attempts.save(live))
    return live


def waits(desk: Desk, call: Attempt, now: datetime = T0, *, n: int = 3, **changes: Any) -> HandOver:
    """The person on this call asks for an agent, in turn n."""
    party = desk.run(lambda unit: unit.cases.lock(call.case_id)).customer_id
    begun = HandOver(
        attempt_id=call.id, n=n, case_id=call.case_id, customer_id=party, language="zh", skills=(), asked_at=now,
        give_up_at=now + MINUTE, due_at=now, **changes,
    )  # fmt: skip
    desk.on(call.case_id, now, lambda file: wait_in_room(file, begun))
    return the_wait(desk, begun)


def the_wait(desk: Desk, one: HandOver) -> HandOver:
    found = desk.run(lambda unit: unit.hand_overs.get(one.attempt_id, one.n))
    assert found is not None
    return found


def takes_it(desk: Desk, wait: HandOver, now: datetime = T0) -> HandOver:
    """The agent who is rung for this hand-over accepts it by key."""
    assert wait.offer is not None
    on_the_line(desk, wait.case_id, desk.run(lambda unit, offer: unit.attempts.get(offer), wait.offer), now)
    agent = agent_of(desk, wait.agent)
    desk.on(wait.case_id, now, lambda file: accept(file, wait, agent))
    return the_wait(desk, wait)


def listens(
    desk: Desk, name: str, talk: HandOver, way: ListenMode = ListenMode.LISTEN, now: datetime = T0
) -> Moved | None:
    """This supervisor asks to join this talk, or to be heard otherwise in it."""
    return desk.run(listen_in, order(desk, name, talk.case_id), talk.attempt_id, talk.n, way, now)


def agent_of(desk: Desk, staff_id: StaffId | None) -> Agent:
    assert staff_id is not None
    found = desk.run(lambda unit: unit.agents.lock(staff_id))
    assert found is not None
    return found


def kinds(desk: Desk, case_id: CaseId) -> list[str]:
    return [row["kind"] for row in desk.timeline(case_id)]
