"""Maps rows of which some words are sealed under the customer's own key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel

from wakeup.storage.binder import Row
from wakeup.storage.mapping import D, Mapper, tuple_of
from wakeup.storage.prepared import Places, Rows
from wakeup.storage.sealer import Sealer


def identity_of(table: Table) -> tuple[str, ...]:
    """Return the columns that identify a row among the customer's rows. Rows are sealed for that identity."""
    return tuple(column.name for column in table.primary_key.columns if column.name != "customer_id")


class SealedMapper(Mapper[D]):
    """A mapper whose `private` fields are in the column `sealed`, as JSON in this order.

    Where the table has no column for it, the customer's id is given. With `skips_erased`, a row of an erased
    customer counts as not existing; without it, NotFoundError is raised.
    """

    def __init__(
        self,
        row: type[SQLModel],
        kind: type[D],
        private: tuple[str, ...],
        *,
        lists: Mapping[str, Callable[[str], Any]] | None = None,
        saved: tuple[str, ...] = (),
        locks: bool = False,
        skips_erased: bool = False,
    ) -> None:
        super().__init__(row, kind, lists=lists, saved=saved, locks=locks)
        self._private = private
        self._identity = identity_of(self.table)
        self._pick_private, self._pick_identity = tuple_of(private), tuple_of(self._identity)
        self._adds_customer = "customer_id" in {field.name for field in fields(kind)} - set(self.takes)
        self._skips_erased = skips_erased

    def seal(self, sealer: Sealer, customer_id: str, value: D) -> bytes:
        """Return the private fields of the value, sealed for its row."""
        row_id = "/".join(map(str, self._pick_identity(value)))
        private = dict(zip(self._private, self._pick_private(value), strict=True))
        return sealer.seal(customer_id, self.table.name, row_id, private)

    def open(self, sealer: Sealer, row: Row, places: Places, customer_id: str | None = None) -> dict[str, Any]:
        """Return the private fields of the row."""
        owner = row[places["customer_id"]] if customer_id is None else customer_id
        row_id = "/".join([str(row[places[key]]) for key in self._identity])
        return sealer.open(owner, self.table.name, row_id, row[places["sealed"]])

    def opened(self, sealer: Sealer, rows: Rows, customer_id: str | None = None) -> list[D]:
        """Return the rows as values."""
        places, known = rows.places, {"customer_id": customer_id} if self._adds_customer else {}
        return [
            self.value(row, places, **self.open(sealer, row, places, customer_id), **known)
            for row in rows.found
            if row[places["sealed"]] or not self._skips_erased
        ]

    def first(self, sealer: Sealer, rows: Rows, customer_id: str | None = None) -> D | None:
        """Return the first row as a value."""
        return next(iter(self.opened(sealer, rows, customer_id)), None)
