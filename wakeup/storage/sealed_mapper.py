"""Maps rows of which some words are sealed under the customer's own key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel

from wakeup.storage.mapping import D, Mapper
from wakeup.storage.prepared import Columns, Rows
from wakeup.storage.row_codegen import Row
from wakeup.storage.sealer import Sealer


def identity_of(table: Table) -> tuple[str, ...]:
    """Return the columns that identify a row among the customer's rows. Rows are sealed for that identity."""
    return tuple(column.name for column in table.primary_key.columns if column.name != "customer_id")


class SealedMapper(Mapper[D]):
    """A mapper of values whose `private` fields are in the column `sealed`, as JSON in this order.

    `customer_id` is given where the table has no such column. With `skips_erased`, a row of an erased customer counts
    as not existing; without it, NotFoundError is raised.
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
        pick: Callable[[D], Any] = attrgetter(*self._identity)
        self._row_id: Callable[[D], str] = (
            pick if len(self._identity) == 1 else lambda value: "/".join(map(str, pick(value)))
        )
        self._adds_customer = "customer_id" in {field.name for field in fields(kind)} - set(self.takes)
        self._skips_erased = skips_erased

    def seal(self, sealer: Sealer, customer_id: str, value: D) -> bytes:
        """Return the private fields of the value, sealed for its row."""
        private = {name: getattr(value, name) for name in self._private}
        return sealer.seal(customer_id, self._name, self._row_id(value), private)

    def open(self, sealer: Sealer, row: Row, columns: Columns, customer_id: str | None = None) -> dict[str, Any]:
        """Return the fields of the value that no column holds as they are."""
        owner = row[columns["customer_id"]] if customer_id is None else customer_id
        row_id = "/".join([str(row[columns[key]]) for key in self._identity])
        private = sealer.open(owner, self._name, row_id, row[columns["sealed"]])
        if self._adds_customer:
            private["customer_id"] = owner
        return private

    def opened(self, sealer: Sealer, rows: Rows, customer_id: str | None = None) -> list[D]:
        """Return the rows as values."""
        columns = rows.columns
        return [
            self.value(row, columns, **self.open(sealer, row, columns, customer_id))
            for row in rows.found
            if row[columns["sealed"]] or not self._skips_erased
        ]

    def first(self, sealer: Sealer, rows: Rows, customer_id: str | None = None) -> D | None:
        """Return the first row as a value."""
        return next(iter(self.opened(sealer, rows, customer_id)), None)
