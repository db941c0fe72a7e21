"""Statements compiled once per database and sent straight to the driver.

SQLAlchemy writes the SQL and converts the values. Only its per-execution machinery is skipped, which on the ingest
path costs four times as much as the statement itself. Errors still arrive as SQLAlchemy's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Delete, Insert, Select, Update
from sqlalchemy.types import Boolean, TypeEngine

from wakeup.storage.row_codegen import Convert, Row, as_number, binder, reader
from wakeup.storage.write_buffer import WRITE_BUFFER, WriteBuffer

Statement = Select[Any] | Insert | Update | Delete
Values = Mapping[str, Any] | Sequence[Any]
"""Parameters: by name, or in the order in which the statement takes them."""
NONE: Values = {}
_TABLES = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+(?: AS \w+)?(?:, \w+(?: AS \w+)?)*)")
_NAME = re.compile(r"(?:^|, )(\w+)")


class Columns(dict[str, int]):
    """The index of each column in the rows of a statement, and the functions that turn such rows into values, by
    the mapper they belong to."""

    __slots__ = ("makers",)

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__((name, place) for place, name in enumerate(names))
        self.makers: dict[Hashable, Callable[[Row, Mapping[str, Any] | None], Any]] = {}


class Rows:
    """The result of a query: plain tuples, and the index of each column in them."""

    __slots__ = ("columns", "found")

    def __init__(self, found: Sequence[Row], columns: Columns) -> None:
        self.found, self.columns = found, columns

    def scalar(self) -> Any:
        """Return the first column of the first row, or None."""
        return self.found[0][0] if self.found else None

    def column(self) -> list[Any]:
        return [row[0] for row in self.found]


class Link:
    """A connection and the driver's cursor on it, for the length of one transaction."""

    __slots__ = ("buffer", "connection", "cursor", "dialect")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        self.cursor: Any = None
        try:
            self.buffer: WriteBuffer | None = connection.info.get(WRITE_BUFFER)
            self.cursor = connection.connection.cursor() if self.buffer is None else self.buffer.cursor
        except Exception as error:
            self.translate(error, "")
            raise

    def lacks(self, key: Hashable) -> bool:
        """True if the row with this key is still buffered, so that a statement about it would miss it."""
        return self.buffer is not None and self.buffer.has(key)

    def translate(self, error: Exception, sql: str) -> None:
        """Raise a driver's error as SQLAlchemy's, without the parameters; return for any other error.

        PostgreSQL quotes the key of a broken constraint in its own text; `jobs.as_told` never passes that text on.
        """
        driver_error = self.dialect.loaded_dbapi.Error
        if not isinstance(error, driver_error):
            return
        gone = self.dialect.is_disconnect(error, self.connection.connection, self.cursor)
        if gone:
            self.connection.invalidate(error)
        raise DBAPIError.instance(
            sql, None, error, driver_error, hide_parameters=True, connection_invalidated=gone
        ) from error


class Prepared:
    """One statement, or a function that writes it for a dialect name.

    Parameters are given by name, or in the order of `takes`. Values that the statement already carries stay its
    own.
    """

    __slots__ = ("_forms", "_statement", "_takes")

    def __init__(
        self, statement: Statement | Callable[[str], Statement], *, takes: Sequence[str] | None = None
    ) -> None:
        self._statement = statement
        self._takes = takes
        self._forms: dict[str, Form] = {}

    def rows(self, link: Link, values: Values = NONE, *, flush: bool = True) -> Rows:
        """Run a query. `flush=False`: no buffered row concerns it, even if some belong to its tables."""
        form = self.form(link.dialect)
        cursor = link.cursor
        try:
            if flush and link.buffer is not None and link.buffer.affects(form.tables):
                link.buffer.flush()
            cursor.execute(form.sql, form.bind(values))
            return Rows(form.convert(cursor.fetchall()), form.columns)
        except Exception as error:
            link.translate(error, form.sql)
            raise

    def execute(self, link: Link, values: Values, *, flush: bool = True) -> int:
        """Run a change and return the number of rows it touched. `flush=False`: no buffered row is concerned."""
        form = self.form(link.dialect)
        cursor = link.cursor
        try:
            if flush and link.buffer is not None:
                link.buffer.flush()
            cursor.execute(form.sql, form.bind(values))
            return int(cursor.rowcount)
        except Exception as error:
            link.translate(error, form.sql)
            raise

    def add(self, link: Link, values: Values, key: Hashable) -> None:
        """Insert one row. It may be buffered together with others, and a broken constraint is then reported later."""
        if link.buffer is None:
            self.execute(link, values)
        else:
            form = self.form(link.dialect)
            link.buffer.add(form.sql, form.bind(values), key, form.tables)

    def execute_bound(self, link: Link, row: Sequence[Any]) -> None:
        """Run a change with parameters in the driver's own values, in the order of the statement."""
        form = self.form(link.dialect)
        try:
            link.cursor.execute(form.sql, form.shape(row))
        except Exception as error:
            link.translate(error, form.sql)
            raise

    def many(self, link: Link, rows: Sequence[Values]) -> None:
        """Run a change once for each row, in one call of the driver."""
        form = self.form(link.dialect)
        bound = [form.bind(row) for row in rows]
        try:
            if link.buffer is not None:
                link.buffer.flush()
            link.cursor.executemany(form.sql, bound)
        except Exception as error:
            link.translate(error, form.sql)
            raise

    def form(self, dialect: Dialect) -> Form:
        """Return the statement in the form for this database, compiling it at the first use."""
        form = self._forms.get(dialect.name)
        if form is None:
            statement = self._statement(dialect.name) if callable(self._statement) else self._statement
            form = self._forms[dialect.name] = Form(statement, dialect, self._takes)
        return form


class Form:
    """A statement in the form for one database."""

    __slots__ = ("_bound", "_defaults", "_names", "_positional", "_read", "cells", "columns", "sql", "tables")

    def __init__(self, statement: Statement, dialect: Dialect, takes: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self.tables = _tables_of(self.sql)
        names: Sequence[str] = getattr(compiled, "positiontup", None) or tuple(compiled.params)
        binds: Mapping[str, Any] = getattr(compiled, "binds", {})
        self._positional = bool(getattr(compiled, "positional", False))
        self._names = tuple(names)
        self._defaults = {name: value for name, value in compiled.params.items() if value is not None}
        keys: Sequence[Any] = names if takes is None else [list(takes).index(name) for name in names]
        self.cells = [(name, _binding(binds.get(name), dialect)) for name in names]
        """The parameters in the order of the SQL, each with its converter."""
        self._bound = binder([(key, convert) for key, (_, convert) in zip(keys, self.cells, strict=True)])
        columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        self.columns = Columns([getattr(column, "name", "") for column in columns])
        self._read = reader([_result(column.type, dialect) for column in columns])

    def bind(self, values: Values) -> Any:
        """Return the parameters in the driver's own shape."""
        given = {**self._defaults, **values} if self._defaults and isinstance(values, Mapping) else values
        return self.shape(self._bound(given))

    def shape(self, bound: Sequence[Any]) -> Any:
        return bound if self._positional else dict(zip(self._names, bound, strict=True))

    def convert(self, found: Sequence[Row]) -> Sequence[Row]:
        return found if self._read is None else [self._read(row) for row in found]


def _tables_of(sql: str) -> frozenset[str]:
    """Return every table the SQL names. Walking the statement instead would leave half a megabyte of caches behind
    in it."""
    return frozenset(name for names in _TABLES.findall(sql) for name in _NAME.findall(names))


def _binding(parameter: Any, dialect: Dialect) -> Convert:
    kind: TypeEngine[Any] | None = getattr(parameter, "type", None)
    if isinstance(kind, Boolean) and dialect.name == "sqlite":
        return as_number
    return None if kind is None else _processor(kind, dialect).bind_processor(dialect)


def _result(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    convert: Convert = _processor(kind, dialect).result_processor(dialect, None)
    return convert


def _processor(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
