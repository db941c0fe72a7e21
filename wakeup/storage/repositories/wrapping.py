"""Re-wraps keys that an older master key has wrapped with the newest. Afterwards the older one can be removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import SQLModel

from wakeup.storage.keyring import SealError
from wakeup.storage.mapping import table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.repositories.agents import owner_of as agent
from wakeup.storage.repositories.sign_in import owner_of as staff
from wakeup.storage.tables import AgentRow, CustomerRow, SecondFactorRow
from wakeup.storage.vault import Vault
from wakeup.usecases.repositories.wrapping import KeyKind, Wrapped


@dataclass(frozen=True, slots=True)
class _Keys:
    """The statements for one kind of key: read a page, exchange one key; and the owner to whom each key is bound."""

    page: Prepared
    change: Prepared
    owner_of: Callable[[Any], str]


def _keys(row: type[SQLModel], identity: str, owner_of: Callable[[Any], str]) -> _Keys:
    table = table_of(row)
    name, wrapped = table.c[identity], table.c.wrapped_key
    return _Keys(
        Prepared(select(name, wrapped).where(name > bindparam("after")).order_by(name).limit(bindparam("most"))),
        # Matches no row if the owner was erased, or has a new key, in the meantime.
        Prepared(
            update(table)
            .where(name == bindparam("_name"), wrapped == bindparam("_old"))
            .values(wrapped_key=bindparam("_new"))
        ),
        owner_of,
    )


_OF = {
    KeyKind.CUSTOMERS: _keys(CustomerRow, "id", str),
    KeyKind.AGENTS: _keys(AgentRow, "staff_id", agent),
    KeyKind.SECOND_FACTORS: _keys(SecondFactorRow, "staff_id", staff),
}


class SqlWrapping:
    """Implements `usecases.repositories.wrapping.Wrapping`."""

    def __init__(self, link: Link, vault: Vault) -> None:
        self._link, self._vault = link, vault

    def wrap_anew(self, kind: KeyKind, after: str, limit: int) -> Wrapped:
        keys = _OF[kind]
        rows = keys.page.rows(self._link, {"after": after, "most": limit}).found
        anew, unreadable = 0, list[str]()
        for name, wrapped in rows:
            try:
                new = self._vault.wrap_anew(keys.owner_of(name), wrapped)
            except SealError:
                unreadable.append(name)
                continue
            if new is not None:
                anew += keys.change.execute(self._link, {"_name": name, "_old": wrapped, "_new": new})
        return Wrapped(anew=anew, unreadable=tuple(unreadable), last=rows[-1][0] if len(rows) == limit else None)
