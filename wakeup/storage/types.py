"""Column types that behave the same on both databases: aware UTC times, exact money, enums as text.

They override the processors themselves: `process_bind_param` would cost one more call per value on the ingest
path.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import DateTime, Dialect, Float, LargeBinary, Numeric, Text, TypeDecorator

from wakeup.storage.instants import as_text, in_utc, maybe_text, maybe_time
from wakeup.storage.row_codegen import Words

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

E = TypeVar("E", bound=StrEnum)
Processor = Callable[[Any], Any]


def _is_sqlite(dialect: Dialect) -> bool:
    return dialect.name == "sqlite"


class UtcDateTime(TypeDecorator[datetime]):
    """Takes aware times and returns aware UTC times, to the microsecond. On SQLite they are text that sorts like
    time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if _is_sqlite(dialect) else DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Processor:
        if not _is_sqlite(dialect):
            return lambda value: None if value is None else in_utc(value)

        return maybe_text

    def literal_processor(self, dialect: Dialect) -> Processor:  # noqa: ARG002 - the signature is SQLAlchemy's
        return lambda value: f"'{as_text(value)}'"

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:  # noqa: ARG002
        if not _is_sqlite(dialect):
            return lambda value: None if value is None else value.astimezone(UTC)
        return maybe_time


class Bytes(TypeDecorator[bytes]):
    """Bytes as they are. SQLAlchemy's own type wraps each value once more for drivers that need it."""

    impl = LargeBinary()
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        """No conversion is needed."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """No conversion is needed."""


class Real(TypeDecorator[float]):
    """A measured number. SQLAlchemy's own type asks the driver for a column type that prepared statements do not
    know."""

    impl = Float()
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        """No conversion is needed."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """No conversion is needed."""


class Money(TypeDecorator[Decimal]):
    """An exact amount that keeps its scale: 52000.00 stays 52000.00. Text on SQLite, NUMERIC on PostgreSQL."""

    impl = Numeric()
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if _is_sqlite(dialect) else Numeric())

    def bind_processor(self, dialect: Dialect) -> Processor:
        as_text = _is_sqlite(dialect)

        def process(value: Any) -> Any:
            if value is None:
                return None
            if not isinstance(value, Decimal) or not value.is_finite():
                raise ValueError("money is a finite Decimal")
            return format(value, "f") if as_text else value

        return process

    def literal_processor(self, dialect: Dialect) -> Processor:
        quote = "'" if _is_sqlite(dialect) else ""
        return lambda value: f"{quote}{value:f}{quote}"

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:  # noqa: ARG002
        if not _is_sqlite(dialect):
            return None
        return lambda value: None if value is None else Decimal(value)


class StrEnumText(TypeDecorator[E], Generic[E]):
    """A StrEnum stored as its value. A word that the enum does not know is refused in both directions."""

    impl = Text()
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    @property
    def python_type(self) -> type[E]:
        return self.enum

    def bind_processor(self, dialect: Dialect) -> Processor:  # noqa: ARG002
        # A member hashes like its text, so one look-up takes either and gives the plain str that the drivers like
        # best.
        return _look_up({member: member.value for member in self.enum}, self.enum)

    def literal_processor(self, dialect: Dialect) -> Processor:
        bind = self.bind_processor(dialect)
        return lambda value: f"'{bind(value)}'"

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:  # noqa: ARG002
        return _look_up({member.value: member for member in self.enum}, self.enum)


def _look_up(words: dict[Any, Any], enum: type[StrEnum]) -> Processor:
    known = _Known({None: None, **words})
    known.enum = enum
    return known


class _Known(Words):
    """A look-up table that needs no Python-level call for known words."""

    enum: type[StrEnum]

    def __missing__(self, word: Any) -> Any:
        raise ValueError(f"not a {self.enum.__name__}")
