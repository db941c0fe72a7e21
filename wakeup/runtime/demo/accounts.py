"""Who may sign in to this run's console: made when it starts, with a password nobody chose."""

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
"""Two supervisors, because four eyes need them."""


UNUSABLE = "$none"
"""No hash of anything."""
AGENTS = (("amy", "demo-6", "+6598000197"), ("bao", "demo-7", "+6598000297"))
"""Who takes calls in the demo: at these numbers the simulator's phone company has people who do."""


PLAYED = "+6598000398"
"""Where `kim` is rung. Nobody picks up there but whoever holds the handset of this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    names: tuple[str, ...]
    password: str = field(repr=False)


async def make_accounts(settings: Settings) -> SignIn:
    """Accounts for the people of the demo, in its own database."""
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
    """Two people who take calls, and are ready to; nobody can sign in as them. In a demo that stays, `kim` takes calls,
    too, on a number that the handset can play, and is away until somebody says otherwise. The database is marked."""
    infra = real_infrastructure(settings)
    store = open_store(settings.database_url.get_secret_value(), unit_maker(unit_dependencies(settings, infra)))
    try:
        # From now on nobody but this demo serves these books: they are full of people made up, and its passwords are
        # known to whoever saw the screen.
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
