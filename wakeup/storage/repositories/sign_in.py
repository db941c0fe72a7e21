"""Repository of the console's sign-in: failed tries, second factors, SSO identities, and SSO sign-ins under way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from wakeup.domain.staff import StaffId
from wakeup.storage.mapping import Mapper, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import FailedTryRow, SecondFactorRow, SsoFlowRow, SsoIdentityRow
from wakeup.storage.vault import Vault
from wakeup.usecases.repositories.sign_in import Factor, FailedTry, SsoFlow, SsoIdentity

TABLE = "second_factors"
_tries = Mapper(FailedTryRow, FailedTry)
_factors = Mapper(SecondFactorRow, Factor, saved=("wrapped_key", "sealed"))
_identities = Mapper(SsoIdentityRow, SsoIdentity)
_flows = Mapper(SsoFlowRow, SsoFlow)
_t, _f, _i, _w = _tries.table, table_of(SecondFactorRow), _identities.table, _flows.table
_COUNT = Prepared(select(func.count()).where(_t.c.key == bindparam("key"), _t.c.at > bindparam("since")))
_FORGIVE = Prepared(delete(_t).where(_t.c.id == bindparam("try")))
_PRUNE = Prepared(delete(_t).where(_t.c.at <= bindparam("before")))
_FACTOR = Prepared(select(_f).where(_f.c.staff_id == bindparam("staff")))
_DROP = Prepared(delete(_f).where(_f.c.staff_id == bindparam("staff")))
_WITH = Prepared(select(_f.c.staff_id).where(_f.c.confirmed_at.is_not(None)))
_UNLINK = Prepared(delete(_i).where(_i.c.staff_id == bindparam("staff")))
_TAKE = Prepared(delete(_w).where(_w.c.id == bindparam("flow")))
_PRUNE_FLOWS = Prepared(delete(_w).where(_w.c.begun_at <= bindparam("before")))


class SqlSignIns:
    """Implements `usecases.repositories.sign_in.SignIns`."""

    def __init__(self, link: Link, vault: Vault) -> None:
        self._link = link
        self._vault = vault

    def tries(self, key: str, since: datetime) -> int:
        return int(_COUNT.rows(self._link, {"key": key, "since": since}).scalar() or 0)

    def add_try(self, failed: FailedTry) -> None:
        _tries.add(self._link, failed)

    def forgive(self, try_id: str) -> None:
        _FORGIVE.execute(self._link, {"try": try_id})

    def prune(self, before: datetime) -> None:
        _PRUNE.execute(self._link, {"before": before})

    def factor(self, staff_id: StaffId) -> Factor | None:
        rows = _FACTOR.rows(self._link, {"staff": staff_id})
        if not rows.found:
            return None
        row, columns = rows.found[0], rows.columns
        key = self._vault.customer_key(owner_of(staff_id), row[columns["wrapped_key"]])
        secret = self._vault.open(key, TABLE, "sealed", staff_id, row[columns["sealed"]]).decode()
        return _factors.value(row, columns, secret=secret)

    def keep_factor(self, factor: Factor) -> None:
        key, wrapped = self._vault.new_customer_key(owner_of(factor.staff_id))
        sealed = self._vault.seal(key, TABLE, "sealed", factor.staff_id, factor.secret)
        _DROP.execute(self._link, {"staff": factor.staff_id})
        _factors.add(self._link, factor, wrapped_key=wrapped, sealed=sealed)

    def drop_factor(self, staff_id: StaffId) -> bool:
        return bool(_DROP.execute(self._link, {"staff": staff_id}))

    def with_factor(self) -> frozenset[StaffId]:
        return frozenset(StaffId(staff) for staff in _WITH.rows(self._link).column())

    def identity(self, issuer: str, subject: str) -> SsoIdentity | None:
        return _identities.get(self._link, issuer, subject)

    def link_identity(self, identity: SsoIdentity) -> None:
        _identities.add(self._link, identity)

    def unlink(self, staff_id: StaffId) -> int:
        return _UNLINK.execute(self._link, {"staff": staff_id})

    def begin_flow(self, flow: SsoFlow) -> None:
        _flows.add(self._link, flow)

    def take_flow(self, flow_id: str) -> SsoFlow | None:
        found = _flows.get(self._link, flow_id)
        return found if found is not None and _TAKE.execute(self._link, {"flow": flow_id}) else None

    def prune_flows(self, before: datetime) -> None:
        _PRUNE_FLOWS.execute(self._link, {"before": before})


def owner_of(staff_id: StaffId) -> str:
    """Return the owner to whom the key is bound. No customer's id can be this, as those are the bank's."""
    return f"staff:{staff_id}"
