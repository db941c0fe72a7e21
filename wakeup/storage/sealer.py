"""Seals and opens personal data within one transaction, under the customer's own key, which the key ring wraps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import bindparam, select

from wakeup.domain.errors import NotFoundError
from wakeup.storage.keyring import SealError
from wakeup.storage.mapping import table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import CustomerRow
from wakeup.storage.vault import CustomerKey, Vault

_customers = table_of(CustomerRow)
_WRAPPED = Prepared(select(_customers.c.wrapped_key).where(_customers.c.id == bindparam("customer")))


class Sealer:
    """Seals and opens the `sealed` column of any table. Data of a customer whose key was destroyed is unreadable
    for good."""

    def __init__(self, link: Link, vault: Vault) -> None:
        self._link = link
        self._vault = vault
        self.index = vault.index
        self._keys: dict[str, CustomerKey] = {}
        self._wrapped: dict[str, bytes] = {}

    def new_key(self, customer_id: str) -> bytes:
        """Create the customer's key and return it wrapped, to be stored."""
        key, wrapped = self._vault.new_customer_key(customer_id)
        self._keys[customer_id] = key
        return wrapped

    def cache_key(self, customer_id: str, wrapped: bytes) -> None:
        """Cache the wrapped key from the customer's row when that is at hand, which saves a query.

        It is unwrapped when something is sealed or opened: most of what is done for a customer needs no key, and is
        done even if theirs is lost.
        """
        self._wrapped[customer_id] = wrapped

    def can_seal(self, customer_id: str) -> bool:
        """False if the customer's key cannot be opened, or they were erased and have none."""
        try:
            self._key(customer_id)
        except (SealError, NotFoundError):
            return False
        return True

    def can_open(self, customer_id: str) -> bool:
        """False if the customer's key cannot be opened. True also of one who has none, because they were erased."""
        try:
            self._key(customer_id)
        except SealError:
            return False
        except NotFoundError:
            pass
        return True

    def drop_key(self, customer_id: str) -> None:
        """Drop the customer's key from memory, after it was destroyed."""
        self._keys.pop(customer_id, None)
        self._wrapped.pop(customer_id, None)
        self._vault.forget(customer_id)

    def seal(self, customer_id: str, table: str, row_id: str, data: Mapping[str, Any]) -> bytes:
        return self._vault.seal(self._key(customer_id), table, "sealed", row_id, to_json(data))

    def open(self, customer_id: str, table: str, row_id: str, sealed: bytes) -> dict[str, Any]:
        """Return what was sealed. Raises NotFoundError when the customer was erased, even if they have a new key
        since."""
        if not sealed:
            raise NotFoundError("this customer was erased")
        found: dict[str, Any] = from_json(self._vault.open(self._key(customer_id), table, "sealed", row_id, sealed))
        return found

    def _key(self, customer_id: str) -> CustomerKey:
        key = self._keys.get(customer_id)
        if key is None:
            wrapped = self._wrapped.get(customer_id)
            if wrapped is None:
                wrapped = _WRAPPED.rows(self._link, {"customer": customer_id}).scalar()
            if wrapped is None:
                raise NotFoundError("this customer is no longer known")
            key = self._keys[customer_id] = self._vault.customer_key(customer_id, wrapped)
        return key
