"""Repository of guardians, their consents, and changes that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from wakeup.domain.guardian import Guardian
from wakeup.domain.ids import CustomerId, GuardianId
from wakeup.storage.mapping import Mapper, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.sealed_mapper import SealedMapper
from wakeup.storage.sealer import Sealer
from wakeup.storage.tables import ConsentRow, GuardianChangeRow, GuardianRow
from wakeup.usecases.repositories.guardians import Change, Consent

_guardians = SealedMapper(
    GuardianRow, Guardian, ("phone", "name", "relation"), lists={"accounts": str}, saved=("sealed",)
)
_g = _guardians.table
_changes = SealedMapper(GuardianChangeRow, Change, ("wanted",))
_c = _changes.table
_consents = Mapper(ConsentRow, Consent)
_a = table_of(ConsentRow)
_OF_CUSTOMER = Prepared(
    select(_g).where(_g.c.customer_id == bindparam("customer")).order_by(_g.c.state == "removed", _g.c.rank, _g.c.id)
)
_OF_NUMBER = Prepared(select(_g).where(_g.c.number_index == bindparam("number")).order_by(_g.c.customer_id, _g.c.id))
_CONSENTS = Prepared(
    select(_a)
    .where(_a.c.customer_id == bindparam("customer"), _a.c.guardian_id == bindparam("guardian"))
    .order_by(_a.c.n)
)
_COUNT = Prepared(
    select(func.count()).where(_a.c.customer_id == bindparam("customer"), _a.c.guardian_id == bindparam("guardian"))
)
_CHANGES = Prepared(select(_c).where(_c.c.customer_id == bindparam("customer")).order_by(_c.c.guardian_id))
_DUE = Prepared(
    select(_c.c.customer_id, _c.c.guardian_id)
    .where(_c.c.due_at <= bindparam("now"))
    .order_by(_c.c.due_at)
    .limit(bindparam("most"))
)
_NEXT = Prepared(select(func.min(_c.c.due_at)))
_FORGET = Prepared(
    delete(_c).where(_c.c.customer_id == bindparam("_customer"), _c.c.guardian_id == bindparam("_guardian"))
)


class SqlGuardians:
    """Implements `usecases.repositories.guardians.Guardians`: numbers and names are sealed."""

    def __init__(self, link: Link, sealer: Sealer) -> None:
        self._link = link
        self._sealer = sealer

    def of_customer(self, customer_id: CustomerId) -> Sequence[Guardian]:
        return _guardians.opened(self._sealer, _OF_CUSTOMER.rows(self._link, {"customer": customer_id}))

    def of_number(self, number_index: str) -> Sequence[Guardian]:
        return _guardians.opened(self._sealer, _OF_NUMBER.rows(self._link, {"number": number_index}))

    def get(self, customer_id: CustomerId, guardian_id: GuardianId) -> Guardian | None:
        return _guardians.first(self._sealer, _guardians.find(self._link, customer_id, guardian_id))

    def add(self, guardian: Guardian) -> None:
        _guardians.add(self._link, guardian, sealed=_guardians.seal(self._sealer, guardian.customer_id, guardian))

    def save(self, guardian: Guardian) -> None:
        _guardians.save(self._link, guardian, sealed=_guardians.seal(self._sealer, guardian.customer_id, guardian))

    def consent(self, consent: Consent) -> None:
        wanted = {"customer": consent.customer_id, "guardian": consent.guardian_id}
        n = int(_COUNT.rows(self._link, wanted).scalar()) + 1
        _consents.add(self._link, consent, n=n)

    def consents(self, customer_id: CustomerId, guardian_id: GuardianId) -> Sequence[Consent]:
        return _consents.all(_CONSENTS.rows(self._link, {"customer": customer_id, "guardian": guardian_id}))

    def wait(self, change: Change) -> None:
        self.forget_change(change.customer_id, change.guardian_id)
        _changes.add(self._link, change, sealed=_changes.seal(self._sealer, change.customer_id, change))

    def changes(self, customer_id: CustomerId) -> Sequence[Change]:
        return _changes.opened(self._sealer, _CHANGES.rows(self._link, {"customer": customer_id}))

    def changes_due(self, now: datetime, limit: int) -> Sequence[tuple[CustomerId, GuardianId]]:
        found = _DUE.rows(self._link, {"now": now, "most": limit}).found
        return [(CustomerId(customer), GuardianId(guardian)) for customer, guardian in found]

    def next_change(self) -> datetime | None:
        found: datetime | None = _NEXT.rows(self._link).scalar()
        return found

    def forget_change(self, customer_id: CustomerId, guardian_id: GuardianId) -> None:
        _FORGET.execute(self._link, {"_customer": customer_id, "_guardian": guardian_id})
