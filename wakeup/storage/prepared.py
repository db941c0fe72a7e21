"""Statements compiled once per database and sent straight to the driver.

SQLAlchemy writes the SQL and converts the values; only its per-execution machinery is skipped, which costs four
times the statement itself on the ingest path. Errors still arrive as SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Delete, Insert, Select, Update
from sqlalchemy.types import TypeEngine

Statement = Select[Any] | Insert | Update | Delete
Values = Mapping[str, Any]
Convert = Callable[[Any], Any] | None


class Rows:
    """What a query found: plain tuples, and the place of each column in them."""

    __slots__ = ("found", "places")

    def __init__(self, found: Sequence[tuple[Any, ...]], places: Mapping[str, int]) -> None:
        self.found, self.places = found, places

    def scalar(self) -> Any:
        """First column of the first row, or None."""
        return self.found[0][0] if self.found else None

    def column(self) -> list[Any]:
        return [row[0] for row in self.found]


class Prepared:
    """One statement. Parameters are given by name; those the statement already carries are its own."""

    def __init__(self, statement: Statement, by_dialect: Mapping[str, Statement] | None = None) -> None:
        self._statement = statement
        self._by_dialect = by_dialect or {}
        self._forms: dict[str, _Form] = {}

    def rows(self, connection: Connection, values: Values | None = None) -> Rows:
        """Run a query."""
        form = self._form(connection.dialect)
        with _cursor(connection, form) as cursor:
            cursor.execute(form.sql, form.bind(values or {}))
            return Rows(form.convert(cursor.fetchall()), form.places)

    def execute(self, connection: Connection, values: Values) -> int:
        """Run a change; answers how many rows it touched."""
        form = self._form(connection.dialect)
        with _cursor(connection, form) as cursor:
            cursor.execute(form.sql, form.bind(values))
            return int(cursor.rowcount)

    def many(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Run a change once for each row, in one go."""
        form = self._form(connection.dialect)
        with _cursor(connection, form) as cursor:
            cursor.executemany(form.sql, [form.bind(row) for row in rows])

    def _form(self, dialect: Dialect) -> _Form:
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _Form(self._by_dialect.get(dialect.name, self._statement), dialect)
        return form


class _cursor:  # noqa: N801 - used as a word: `with _cursor(…)`
    """A driver's cursor whose errors leave as SQLAlchemy's, without the values that caused them."""

    __slots__ = ("_connection", "_cursor", "_form")

    def __init__(self, connection: Connection, form: _Form) -> None:
        self._connection, self._form = connection, form

    def __enter__(self) -> Any:
        self._cursor = self._connection.connection.cursor()
        return self._cursor

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        dialect = self._connection.dialect
        driver_error = dialect.loaded_dbapi.Error
        if isinstance(error, driver_error):
            gone = dialect.is_disconnect(error, self._connection.connection, self._cursor)
            if gone:
                self._connection.invalidate(error)
            raise DBAPIError.instance(
                self._form.sql, None, error, driver_error, hide_parameters=True, connection_invalidated=gone
            ) from error
        self._cursor.close()


class _Form:
    """A statement as one database wants it."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        names: Sequence[str] = getattr(compiled, "positiontup", None) or tuple(compiled.params)
        binds: Mapping[str, Any] = getattr(compiled, "binds", {})
        self._positional = bool(getattr(compiled, "positional", False))
        self._names = tuple(names)
        self._defaults = {name: value for name, value in compiled.params.items() if value is not None}
        converts = [(place, _binding(binds.get(name), dialect)) for place, name in enumerate(names)]
        self._converts = tuple((place, convert) for place, convert in converts if convert is not None)
        columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        self.places = {getattr(column, "name", ""): place for place, column in enumerate(columns)}
        results = [(place, _result(column.type, dialect)) for place, column in enumerate(columns)]
        self._results = tuple((place, convert) for place, convert in results if convert is not None)

    def bind(self, values: Values) -> Any:
        """The parameters in the driver's own shape."""
        given = {**self._defaults, **values} if self._defaults else values
        bound = [given[name] for name in self._names]
        for place, convert in self._converts:
            bound[place] = convert(bound[place])
        return bound if self._positional else dict(zip(self._names, bound, strict=True))

    def convert(self, found: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
        if not self._results:
            return found
        converted = []
        for row in found:
            cells = list(row)
            for place, convert in self._results:
                cells[place] = convert(cells[place])
            converted.append(tuple(cells))
        return converted


def _binding(parameter: Any, dialect: Dialect) -> Convert:
    kind: TypeEngine[Any] | None = getattr(parameter, "type", None)
    return None if kind is None else _processor(kind, dialect).bind_processor(dialect)


def _result(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    convert: Convert = _processor(kind, dialect).result_processor(dialect, None)
    return convert


def _processor(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
