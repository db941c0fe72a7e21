"""Repository of the agents who take calls. The address that is rung is sealed under the account's own key."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, exists, or_, select

from wakeup.domain.agent import Agent, Skill
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import AttemptId
from wakeup.domain.staff import StaffId
from wakeup.storage.mapping import Mapper, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import AgentRow, ListenerRow, PartyRow, StaffRow
from wakeup.storage.vault import Vault

TABLE = "agents"
_agents = Mapper(AgentRow, Agent, lists={"languages": str, "skills": Skill}, locks=True)
_a, _p, _s, _l = _agents.table, table_of(PartyRow), table_of(StaffRow), table_of(ListenerRow)
_ALL = Prepared(select(_a).order_by(_a.c.name))
_CLOSED = exists().where(_s.c.id == _a.c.staff_id, _s.c.disabled_at.is_not(None))
_LISTENS = exists().where(_l.c.staff_id == _a.c.staff_id, _l.c.ended_at.is_(None))
_NOT_TO_RING = Prepared(select(_a.c.staff_id).where(or_(_CLOSED, _LISTENS)))
_OF_OFFER = Prepared(select(_a).where(_a.c.offer == bindparam("offer"), _a.c.offer.is_not(None)).with_for_update())
_OF_NUMBER = Prepared(select(_a).where(_a.c.number_index == bindparam("number")))
_SEALED = Prepared(select(_a.c.wrapped_key, _a.c.sealed).where(_a.c.staff_id == bindparam("staff")))
_PIN = Prepared(select(_a.c.pin_index).where(_a.c.staff_id == bindparam("staff")))
_REMOVE = Prepared(delete(_a).where(_a.c.staff_id == bindparam("staff")))
_A_PARTYS = Prepared(select(exists().where(_p.c.number_index == bindparam("number"))))


class SqlAgents:
    """Implements `usecases.repositories.agents.Agents`."""

    def __init__(self, link: Link, vault: Vault) -> None:
        self._link = link
        self._vault = vault

    def lock(self, staff_id: StaffId) -> Agent | None:
        return _agents.get(self._link, staff_id)

    def all(self) -> Sequence[Agent]:
        return _agents.all(_ALL.rows(self._link))

    def not_to_ring(self) -> frozenset[StaffId]:
        return frozenset(_NOT_TO_RING.rows(self._link).column())

    def lock_of_offer(self, attempt_id: AttemptId) -> Agent | None:
        return _agents.one(_OF_OFFER.rows(self._link, {"offer": attempt_id}))

    def of_number(self, number_index: str) -> Agent | None:
        return _agents.one(_OF_NUMBER.rows(self._link, {"number": number_index}))

    def add(self, agent: Agent, address: str, pin_index: str) -> None:
        key, wrapped = self._vault.new_customer_key(owner_of(agent.staff_id))
        sealed = self._vault.seal(key, TABLE, "sealed", agent.staff_id, address.encode())
        _agents.add(self._link, agent, wrapped_key=wrapped, sealed=sealed, pin_index=pin_index)

    def save(self, agent: Agent) -> None:
        _agents.save(self._link, agent)

    def remove(self, staff_id: StaffId) -> None:
        _REMOVE.execute(self._link, {"staff": staff_id})

    def address(self, staff_id: StaffId) -> str:
        rows = _SEALED.rows(self._link, {"staff": staff_id})
        if not rows.found:
            raise NotFoundError("no such agent")
        wrapped, sealed = rows.found[0]
        key = self._vault.customer_key(owner_of(staff_id), wrapped)
        return self._vault.open(key, TABLE, "sealed", staff_id, sealed).decode()

    def pin_is(self, staff_id: StaffId, pin_index: str) -> bool:
        return bool(_PIN.rows(self._link, {"staff": staff_id}).scalar() == pin_index)

    def number_of_a_party(self, number_index: str) -> bool:
        return bool(_A_PARTYS.rows(self._link, {"number": number_index}).scalar())


def owner_of(staff_id: StaffId) -> str:
    """Return the owner to whom the key is bound. No customer's id can have this form."""
    return f"agent:{staff_id}"
