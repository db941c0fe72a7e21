"""Maps rows to values and back. A value's fields are columns of its table, tuples are stored as JSON, and the
other columns are extra."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic_core import to_json
from sqlalchemy import ColumnElement, Table, bindparam, insert, literal_column, or_, select, update
from sqlmodel import SQLModel

from wakeup.storage.prepared import Columns, Link, Prepared, Rows
from wakeup.storage.row_codegen import Row, maker, row_maker
from wakeup.storage.upsert import upsert

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")


def table_of(row: type[SQLModel]) -> Table:
    """Return the table behind a SQLModel class."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table


def is_one_of(column: Any, values: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition in the form the partial indexes use (`tables.columns.state_is`), so that they apply."""
    return or_(*(column == literal_column(f"'{value}'") for value in sorted(values)))


def as_json(value: Sequence[str]) -> str:
    return to_json(value).decode() if value else "[]"


def insert_new(table: Table, takes: Sequence[str] | None = None) -> Prepared:
    """INSERT … ON CONFLICT DO NOTHING: one statement both stores a new row and detects a known one."""
    return Prepared(upsert(table, lambda new: new.on_conflict_do_nothing()), takes=takes)


class Mapper(Generic[D]):
    """Maps one table to one type of value.

    `extra` columns are not fields of the value, and those in `saved` are updated with it. With `locks`, a row
    found by its key stays locked until the end of the transaction.
    """

    def __init__(
        self,
        row: type[SQLModel],
        kind: type[D],
        *,
        lists: Mapping[str, Callable[[str], Any]] | None = None,
        saved: tuple[str, ...] = (),
        locks: bool = False,
    ) -> None:
        self.table = table_of(row)
        self._name = self.table.name
        self.kind = kind
        self._lists = dict(lists or {})
        columns = [column.name for column in self.table.columns]
        known = {field.name for field in fields(kind)}
        self._plain = tuple(name for name in columns if name in known and name not in self._lists)
        self._extra = tuple(name for name in columns if name not in known)
        self._saved = saved
        self.keys = tuple(column.name for column in self.table.primary_key.columns)
        self._pick: Callable[[D], tuple[Any, ...]] = _tuple_of(self._plain)
        self._pick_keys = _tuple_of(self.keys)
        where = [self.table.c[key] == bindparam(f"_{key}") for key in self.keys]
        own = (*self._plain, *self._lists)
        changing: dict[str, Any] = {name: bindparam(name) for name in (*own, *saved) if name not in self.keys}
        self.takes = (*own, *self._extra)
        self._make_row: Callable[[D, Mapping[str, Any]], tuple[list[Any], Row]] | None = None
        self.inserting = Prepared(insert(self.table), takes=self.takes)
        self._update = Prepared(
            update(self.table).where(*where).values(changing),
            takes=(*own, *saved, *(f"_{key}" for key in self.keys)),
        )
        self.select_by_key = select(self.table).where(*where)
        by_key = self.select_by_key.with_for_update() if locks else self.select_by_key
        self._by_key = Prepared(by_key, takes=[f"_{key}" for key in self.keys])

    def values(self, value: D, **extra: Any) -> tuple[Any, ...]:
        """Return the value as a row, in the order of `takes`; `extra` fills the columns that are not fields."""
        return self._own(value) + tuple([extra[name] for name in self._extra])

    def _own(self, value: D) -> tuple[Any, ...]:
        if not self._lists:
            return self._pick(value)
        return self._pick(value) + tuple([as_json(getattr(value, name)) for name in self._lists])

    def value(self, row: Row, columns: Columns, **extra: Any) -> D:
        """Return the row as a value."""
        make = columns.makers.get(self)
        if make is None:
            plain = {name: columns[name] for name in self._plain}
            lists = {name: (columns[name], item) for name, item in self._lists.items()}
            make = columns.makers[self] = maker(self.kind, plain, lists)
        value: D = make(row, extra)
        return value

    def add(self, link: Link, value: D, **extra: Any) -> None:
        """Insert it, perhaps together with other new rows (`Prepared.add`)."""
        buffer = link.buffer
        if buffer is None:
            self.inserting.execute(link, self.values(value, **extra))
            return
        form = self.inserting.form(link.dialect)
        if self._make_row is None:
            own = dict.fromkeys(self._plain) | dict.fromkeys(self._lists, as_json)
            self._make_row = row_maker(form.cells, own, self._name, self.keys)
        row, key = self._make_row(value, extra)
        buffer.add(form.sql, row, key, form.tables)

    def add_now(self, link: Link, value: D) -> None:
        """Insert it at once, for a table that is searched by more than its key."""
        self.inserting.execute(link, self.values(value), flush=False)

    def save(self, link: Link, value: D, **extra: Any) -> None:
        """Update every field but the key, and the `saved` columns."""
        saved = tuple([extra[name] for name in self._saved])
        key = self._pick_keys(value)
        self._update.execute(link, self._own(value) + saved + key, flush=link.lacks((self._name, *key)))

    def find(self, link: Link, *key: Any) -> Rows:
        """Return the row with this key, if there is one."""
        return self._by_key.rows(link, key, flush=link.lacks((self._name, *key)))

    def get(self, link: Link, *key: Any) -> D | None:
        return self.one(self.find(link, *key))

    def one(self, rows: Rows) -> D | None:
        return self.value(rows.found[0], rows.columns) if rows.found else None

    def all(self, rows: Rows) -> list[D]:
        return [self.value(row, rows.columns) for row in rows.found]


def _tuple_of(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that picks these attributes of a value; `attrgetter` of a single name returns no tuple."""
    pick = attrgetter(*names)
    return pick if len(names) > 1 else lambda value: (pick(value),)
