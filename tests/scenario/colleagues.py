"""Agents in the stories: accounts that take calls, each with a telephone of its own."""

from __future__ import annotations

from tests.scenario.world import World
from wakeup.domain.agent import AgentEvent, AgentState, Skill
from wakeup.domain.staff import PersonId, Staff, StaffId, StaffRole
from wakeup.simulator.handset import Handset
from wakeup.usecases.agents.agents import NewAgent, enrol_agent, read_agents, set_state

_PINS: dict[str, str] = {}
NUMBERS = {"ada": "+6531580101", "ben": "+6531580102", "cho": "+6531580103"}


async def somebody_comes(world: World, name: str, suffix: str) -> None:
    """An agent comes to work. The simulator's callee with this suffix answers their phone, or does not."""
    NUMBERS[name] = f"+65315802{suffix}"
    await _enrolled(world, name, ("zh", "en"), ())
    await says(world, name, AgentEvent.BE_READY)


async def comes_to_work(
    world: World,
    name: str,
    *,
    ready: bool = True,
    languages: tuple[str, ...] = ("zh", "en"),
    skills: tuple[Skill, ...] = (),
) -> Handset:
    """Make an agent with this name. Returns their telephone."""
    await _enrolled(world, name, languages, skills)
    if ready:
        await says(world, name, AgentEvent.BE_READY)
    return world.handset(NUMBERS[name])


async def _enrolled(world: World, name: str, languages: tuple[str, ...], skills: tuple[Skill, ...]) -> None:
    store, now = world.service.store, world.clock.now()
    staff = Staff(
        id=StaffId(f"usr_{name}"), name=name, person=PersonId(f"p_{name}"), role=StaffRole.AGENT,
        password_hash="$none", made_at=now,
    )  # fmt: skip
    await store.run(lambda unit: unit.staff.add(staff))
    wanted = NewAgent(name=name, address=NUMBERS[name], languages=languages, skills=skills)
    _PINS[name] = await store.run(enrol_agent, wanted, "root", now)


def pin_of(name: str) -> str:
    """The agent's PIN, which is told once, when the account becomes an agent."""
    return _PINS[name]


async def says(world: World, name: str, event: AgentEvent) -> None:
    await world.service.store.run(set_state, StaffId(f"usr_{name}"), event, world.clock.now())


async def state_of(world: World, name: str) -> AgentState:
    seen = await world.service.store.read(read_agents, world.clock.now())
    return next(one.agent.state for one in seen if one.agent.name == name)
