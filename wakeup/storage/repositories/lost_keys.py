"""Repository of lost keys: finds customers whose key cannot be opened, and gives them a new one.

Imported only when it is used, about once in the life of a service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, bindparam, delete, exists, func, select, update

from wakeup.domain.case import CaseState
from wakeup.domain.ids import CustomerId
from wakeup.domain.party import UNREADABLE
from wakeup.storage import tables as t
from wakeup.storage.customer_rows import CALLS, CASES, CUSTOMER, rows_of_customer
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.sealed_mapper import identity_of
from wakeup.storage.sealer import Sealer
from wakeup.storage.vault import Vault
from wakeup.usecases.repositories.lost_keys import LostKey, LostKeys

_customers, _cases = table_of(t.CustomerRow), table_of(t.CaseRow)
_turns, _talks = table_of(t.TurnRow), table_of(t.TalkRow)
_PAGE = Prepared(
    select(_customers.c.id, _customers.c.wrapped_key)
    .where(_customers.c.id > bindparam("after"))
    .order_by(_customers.c.id)
    .limit(bindparam("most"))
)
_WRAPPED = Prepared(select(_customers.c.wrapped_key).where(_customers.c.id == CUSTOMER))
_UNSETTLED = Prepared(
    select(exists().where(_cases.c.id.in_(CASES), is_one_of(_cases.c.state, [CaseState.OPEN, CaseState.IN_REVIEW])))
)
_EXCHANGE = Prepared(
    update(_customers).where(_customers.c.id == bindparam("_customer")).values(wrapped_key=bindparam("_new"))
)
_DELETE = [
    Prepared(statement)
    for statement in (
        # What was said, and the state of each conversation. What it taught is evidence, which is not sealed.
        delete(_turns).where(_turns.c.attempt_id.in_(CALLS)),
        delete(_talks).where(_talks.c.attempt_id.in_(CALLS)),
    )
]
_UNREADABLE: Mapping[Table, Mapping[str, Any]] = {
    table_of(t.PartyRow): {"phone": UNREADABLE, "name": ""},
    table_of(t.TransferRow): {"name": None, "account": UNREADABLE, "bank": None, "phone": None},
    table_of(t.SmsRow): {"phone": UNREADABLE, "body": ""},
    table_of(t.GuardianRow): {"phone": UNREADABLE, "name": "", "relation": ""},
    # The entry is not as the bank wants it: until the change is due the guardian is not asked, then they are removed.
    # The bank's next list brings them back.
    table_of(t.GuardianChangeRow): {"wanted": None},
}
"""What every row of these tables contains instead. Only they are opened later, besides what people did on a case, which
is append-only and can be read without its words; what else was sealed stays as it is, and an export marks it as
unreadable."""
_ROWS = {
    table: Prepared(
        select(*(table.c[name] for name in identity_of(table))).where(
            rows_of_customer()[table], func.length(table.c.sealed) > 0
        )
    )
    for table in _UNREADABLE
}
_SEAL = {
    table: Prepared(
        update(table)
        .where(
            *(table.c[name] == bindparam(f"_{name}") for name in identity_of(table)),
            *([table.c.customer_id == bindparam("_customer")] if "customer_id" in table.primary_key.columns else []),
        )
        .values(sealed=bindparam("_sealed"))
    )
    for table in _UNREADABLE
}


class SqlKeyLoss:
    """Implements `usecases.repositories.lost_keys.KeyLoss`."""

    def __init__(self, link: Link, vault: Vault, sealer: Sealer) -> None:
        self._link, self._vault, self._sealer = link, vault, sealer

    def find(self, after: str, limit: int) -> LostKeys:
        rows = _PAGE.rows(self._link, {"after": after, "most": limit}).found
        lost = [(CustomerId(who), fault) for who, key in rows if (fault := self._vault.fault(who, key)) is not None]
        return LostKeys(
            found=[LostKey(customer_id=who, fault=fault, unsettled=self._unsettled(who)) for who, fault in lost],
            last=CustomerId(rows[-1][0]) if len(rows) == limit else None,
        )

    def _unsettled(self, customer_id: CustomerId) -> bool:
        return bool(_UNSETTLED.rows(self._link, {"customer": customer_id}).scalar())

    def fault(self, customer_id: CustomerId) -> str | None:
        wrapped = _WRAPPED.rows(self._link, {"customer": customer_id}).scalar()
        return None if wrapped is None else self._vault.fault(customer_id, wrapped)

    def replace(self, customer_id: CustomerId) -> None:
        self._sealer.drop_key(customer_id)
        _EXCHANGE.execute(self._link, {"_customer": customer_id, "_new": self._sealer.new_key(customer_id)})
        for statement in _DELETE:
            statement.execute(self._link, {"customer": customer_id})
        for table, says in _UNREADABLE.items():
            self._say_unreadable(customer_id, table, says)

    def _say_unreadable(self, customer_id: CustomerId, table: Table, says: Mapping[str, Any]) -> None:
        names = identity_of(table)
        for row in _ROWS[table].rows(self._link, {"customer": customer_id}).found:
            sealed = self._sealer.seal(customer_id, table.name, "/".join(map(str, row)), says)
            which = {f"_{name}": value for name, value in zip(names, row, strict=True)}
            if "customer_id" in table.primary_key.columns:
                which["_customer"] = customer_id
            _SEAL[table].execute(self._link, {**which, "_sealed": sealed})
