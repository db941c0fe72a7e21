"""Every row that belongs to a customer, opened: the stored data that the customer has a right to see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Table, select

from wakeup.domain.errors import WakeupError
from wakeup.domain.ids import CustomerId
from wakeup.storage.customer_rows import rows_of_customer
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.sealed_mapper import identity_of
from wakeup.storage.sealer import Sealer
from wakeup.usecases.repositories.erasure import Dossier

SEALED = "sealed"
MACHINERY = frozenset({
    "wrapped_key", "number_index", "payee_index", "accounts", "mac", "timeline_head", "claim_token", "lease_token",
    "content_hash", "value_class", "code", "call_code", "offer",
})  # fmt: skip
"""Columns left out: keys, keyed hashes, codes that open something, and places in the queue of calls. They contain
no information about a person."""
WRITTEN_BY_US = frozenset({"state", "turn", "raw", "wanted"})
"""Sealed fields in which we store JSON. All others are people's own words, and are shown unchanged."""
UNREADABLE = {"unreadable": True}
_QUERIES = {
    table: Prepared(select(table).where(theirs).order_by(*table.primary_key.columns))
    for table, theirs in rows_of_customer().items()
}


def dossier_of(link: Link, sealer: Sealer, customer_id: CustomerId) -> Dossier:
    """Return the customer's dossier. Tables without rows of the customer are left out, and what cannot be opened
    is marked as unreadable."""
    found = {}
    for table, query in _QUERIES.items():
        rows = query.rows(link, {"customer": customer_id})
        shown = [_shown(dict(zip(rows.columns, row, strict=True)), table, sealer, customer_id) for row in rows.found]
        if shown:
            found[table.name] = shown
    return Dossier(customer_id=customer_id, tables=found)


def _shown(row: dict[str, Any], table: Table, sealer: Sealer, customer_id: CustomerId) -> Mapping[str, Any]:
    plain = {name: _read(value) for name, value in row.items() if name not in MACHINERY and name != SEALED}
    if not row.get(SEALED):
        return plain
    row_id = "/".join(str(row[key]) for key in identity_of(table))
    try:
        opened = sealer.open(customer_id, table.name, row_id, row[SEALED])
    except WakeupError:
        return plain | UNREADABLE
    return plain | {name: _read(value) if name in WRITTEN_BY_US else value for name, value in opened.items()}


def _read(value: Any) -> Any:
    """Parse lists and states that are stored as JSON; return other values unchanged."""
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        try:
            return from_json(value)
        except ValueError:
            return value
    return value
