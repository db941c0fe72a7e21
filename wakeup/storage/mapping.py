"""Rows to values and back: a value's fields are its table's columns, tuples travel as JSON, the rest is extra."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, bindparam, insert, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from wakeup.storage.prepared import Prepared, Rows

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")
Row = tuple[Any, ...]


def table_of(row: type[SQLModel]) -> Table:
    """The table behind a SQLModel class."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table


def words(values: Iterable[str]) -> list[ColumnElement[str]]:
    """For `column.in_(…)`: spelled out in the SQL, so that a partial index with the same words is used."""
    return [literal_column(f"'{value}'") for value in sorted(values)]


def as_json(value: Sequence[str]) -> str:
    return json.dumps(list(value), separators=(",", ":"))


def insert_new(table: Table) -> Prepared:
    """INSERT … ON CONFLICT DO NOTHING: one statement both remembers and recognises."""
    return Prepared(
        insert(table),
        {
            "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
            "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
        },
    )


class Mapper(Generic[D]):
    """One table and the values it keeps. `extra` columns are not fields of the value; `saved` ones change with it."""

    def __init__(
        self,
        row: type[SQLModel],
        kind: type[D],
        *,
        lists: Mapping[str, Callable[[str], Any]] | None = None,
        saved: tuple[str, ...] = (),
    ) -> None:
        self.table = table_of(row)
        self.kind = kind
        self._lists = dict(lists or {})
        columns = {column.name for column in self.table.columns}
        self._plain = tuple(f.name for f in fields(kind) if f.name in columns and f.name not in self._lists)
        self._keys = tuple(column.name for column in self.table.primary_key.columns)
        where = [self.table.c[key] == bindparam(f"_{key}") for key in self._keys]
        changing = [name for name in (*self._plain, *self._lists, *saved) if name not in self._keys]
        self._insert = Prepared(insert(self.table))
        self._update = Prepared(update(self.table).where(*where).values({name: bindparam(name) for name in changing}))
        self.select_by_key = select(self.table).where(*where)
        self._by_key = Prepared(self.select_by_key)

    def values(self, value: D, **extra: Any) -> dict[str, Any]:
        """The value as a row."""
        row = {name: getattr(value, name) for name in self._plain}
        for name in self._lists:
            row[name] = as_json(getattr(value, name))
        if extra:
            row.update(extra)
        return row

    def value(self, row: Row, places: Mapping[str, int], **extra: Any) -> D:
        """The row as a value."""
        found = {name: row[places[name]] for name in self._plain}
        for name, item in self._lists.items():
            found[name] = tuple(item(text) for text in json.loads(row[places[name]]))
        return self.kind(**found, **extra)

    def add(self, connection: Connection, value: D, **extra: Any) -> None:
        self._insert.execute(connection, self.values(value, **extra))

    def add_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Rows as `values` made them."""
        self._insert.many(connection, rows)

    def save(self, connection: Connection, value: D, **extra: Any) -> None:
        row = self.values(value, **extra)
        for key in self._keys:
            row[f"_{key}"] = row[key]
        self._update.execute(connection, row)

    def find(self, connection: Connection, *key: Any) -> Rows:
        """The row of this key, if there is one."""
        return self._by_key.rows(
            connection,
            {f"_{name}": part for name, part in zip(self._keys, key, strict=True)},
        )

    def get(self, connection: Connection, *key: Any) -> D | None:
        return self.one(self.find(connection, *key))

    def one(self, rows: Rows) -> D | None:
        return self.value(rows.found[0], rows.places) if rows.found else None

    def all(self, rows: Rows) -> list[D]:
        return [self.value(row, rows.places) for row in rows.found]
