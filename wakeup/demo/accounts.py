"""Make the accounts of a demo run: they can sign in to its console with a random password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from wakeup.domain.agent import LANGUAGES, AgentEvent, Skill
from wakeup.domain.staff import StaffRole
from wakeup.runtime.dependencies import unit_dependencies
from wakeup.runtime.infrastructure import real_infrastructure
from wakeup.runtime.settings.settings import Settings
from wakeup.storage.demo_mark import DEMO
from wakeup.storage.open import open_store
from wakeup.storage.unit_of_work import unit_maker
from wakeup.usecases.agents.agents import NewAgent, enrol_agent, set_state
from wakeup.usecases.console.sign_in import NewAccount, make_account
from wakeup.web.console.passwords import hashed

PEOPLE = (
    ("ann", "demo-1", StaffRole.SUPERVISOR),
    ("ben", "demo-2", StaffRole.SUPERVISOR),
    ("kim", "demo-3", StaffRole.AGENT),
    ("root", "demo-4", StaffRole.ADMIN),
)
"""Name, person and role. Two supervisors, because some acts need two people."""


UNUSABLE = "$none"
"""The hash of no password."""
AGENTS = (("amy", "demo-6", "+6598000197"), ("bao", "demo-7", "+6598000297"))
"""Agents of the demo, with numbers at which the simulated phone company has people who take calls."""


PLAYED = "+6598000398"
"""The number at which `kim` is called. Only the person who holds the handset of this number can pick up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    names: tuple[str, ...]
    password: str = field(repr=False)


async def make_accounts(settings: Settings) -> SignIn:
    """Make accounts for the people of the demo, in its own database."""
    infra = real_infrastructure(settings)
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    kept = hashed(password)
    store = open_store(settings.database_url.get_secret_value(), unit_maker(unit_dependencies(settings, infra)))
    try:
        for name, person, role in PEOPLE:
            account = NewAccount(name=name, person=person, role=role, password_hash=kept)
            await store.run(make_account, account, "demo", infra.clock.now())
    finally:
        await store.close()
    return SignIn(names=tuple(name for name, _, _ in PEOPLE), password=password)


async def make_agents(settings: Settings, *, stays: bool = False) -> None:
    """Make two agents who are ready to take calls; nobody can sign in as them. Mark the database as a demo's.

    In a demo that `stays`, `kim` takes calls too, at a number that the handset can play, and is away until set ready.
    """
    infra = real_infrastructure(settings)
    store = open_store(settings.database_url.get_secret_value(), unit_maker(unit_dependencies(settings, infra)))
    try:
        # From now on only this demo may serve this database: its people are invented, and its passwords are known
        # to everyone who saw the screen.
        await store.run(lambda unit: unit.admin.add(DEMO, "demo", infra.clock.now()))
        for name, person, number in AGENTS:
            account = NewAccount(name=name, person=person, role=StaffRole.AGENT, password_hash=UNUSABLE)
            staff = await store.run(make_account, account, "demo", infra.clock.now())
            wanted = NewAgent(name=name, address=number, languages=LANGUAGES, skills=tuple(Skill))
            await store.run(enrol_agent, wanted, "demo", infra.clock.now())
            await store.run(set_state, staff.id, AgentEvent.BE_READY, infra.clock.now(), "demo")
        if stays:
            played = NewAgent(name="kim", address=PLAYED, languages=LANGUAGES, skills=tuple(Skill))
            await store.run(enrol_agent, played, "demo", infra.clock.now())
    finally:
        await store.close()
