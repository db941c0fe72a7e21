"""New rows of one SQLite transaction, kept back until somebody could miss them, then written a table at a time.

For the driver a statement of thirty rows costs little more than one of a single row, and SQLite does it without the
interpreter's lock: the thread that commits writes what is left while the loop answers others. It knows no table.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cache
from itertools import chain
from typing import Any

WRITE_BUFFER = "kept_back"
"""Where a connection's `info` holds them."""
SIZES = (32, 8, 2, 1)
"""Rows of a statement. Few sizes: each is a statement of its own, which SQLite has to compile once."""


class WriteBuffer:
    """Rows in the driver's own values, by the INSERT of a single one, and the cursor that writes them."""

    __slots__ = ("_keys", "_rows", "_tables", "count", "cursor")

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.count = 0
        """Rows ever kept back, written or not: grows whenever somebody writes."""
        self._rows: dict[str, list[Sequence[Any]]] = {}
        self._keys: set[Hashable] = set()
        self._tables: set[str] = set()

    def keep(self, sql: str, row: Sequence[Any], key: Hashable, tables: frozenset[str]) -> None:
        """`key` names the row to `holds`, `tables` where it belongs."""
        rows = self._rows.get(sql)
        if rows is None:
            rows = self._rows[sql] = []
            self._tables |= tables
        rows.append(row)
        self._keys.add(key)
        self.count += 1

    def holds(self, key: Hashable) -> bool:
        """Whether this row is not yet where a statement finds it."""
        return key in self._keys

    def concern(self, tables: frozenset[str]) -> bool:
        """Whether whoever reads these could miss any."""
        return not self._tables.isdisjoint(tables)

    def write(self) -> None:
        """Raises what the driver raises; then nothing is certain, and the transaction must be undone."""
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
    """An INSERT as SQLAlchemy writes it for one row, for several."""
    head, values = sql.rsplit(" VALUES ", 1)
    return f"{head} VALUES {', '.join([values] * rows)}"
