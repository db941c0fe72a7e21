"""Buffer the new rows of one SQLite transaction until a statement could miss them, then write them table by table.

For the driver, an INSERT of thirty rows costs little more than an INSERT of one. SQLite executes it without the
GIL, so the thread that commits can write the remaining rows while the event loop serves others.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cache
from itertools import chain
from typing import Any

WRITE_BUFFER = "write_buffer"
"""Key in the `info` of a connection under which its buffer is found."""
SIZES = (32, 8, 2, 1)
"""Numbers of rows per INSERT. Only a few sizes, because SQLite has to compile a statement for each."""


class WriteBuffer:
    """The buffered rows in the driver's own values, grouped by their single-row INSERT, and the cursor that writes
    them."""

    __slots__ = ("_keys", "_rows", "_tables", "count", "cursor")

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.count = 0
        """Number of rows ever buffered, whether written by now or not. Grows with every insert."""
        self._rows: dict[str, list[Sequence[Any]]] = {}
        self._keys: set[Hashable] = set()
        self._tables: set[str] = set()

    def add(self, sql: str, row: Sequence[Any], key: Hashable, tables: frozenset[str]) -> None:
        """Buffer a row. `key` identifies it for `has`; `tables` are the tables it belongs to."""
        rows = self._rows.get(sql)
        if rows is None:
            rows = self._rows[sql] = []
            self._tables |= tables
        rows.append(row)
        self._keys.add(key)
        self.count += 1

    def has(self, key: Hashable) -> bool:
        """True if the row is still in the buffer, so that a statement would not find it."""
        return key in self._keys

    def affects(self, tables: frozenset[str]) -> bool:
        """True if a statement that reads these tables could miss a buffered row."""
        return not self._tables.isdisjoint(tables)

    def flush(self) -> None:
        """Write all buffered rows. Raises the driver's errors; the transaction must be rolled back after one."""
        if not self._rows:
            return
        for sql, rows in self._rows.items():
            begun = 0
            for size in SIZES:
                while len(rows) - begun >= size:
                    several = rows[begun : begun + size]
                    self.cursor.execute(_for_several(sql, size), list(chain.from_iterable(several)))
                    begun += size
        self._rows.clear()
        self._keys.clear()
        self._tables.clear()


@cache
def _for_several(sql: str, rows: int) -> str:
    """Turn SQLAlchemy's INSERT of one row into an INSERT of several."""
    head, values = sql.rsplit(" VALUES ", 1)
    return f"{head} VALUES {', '.join([values] * rows)}"
