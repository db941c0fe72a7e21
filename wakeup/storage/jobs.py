"""A use case on its way through the Store, and what a database error means for it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    PendingRollbackError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionError

from wakeup.domain.errors import ConstraintError, LockedError, StoreDownError

SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION = "40001", "40P01", "23505"
LOCK_NOT_AVAILABLE = "55P03"
WORTH_ANOTHER_TRY = frozenset({SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION})


class Wakes(Protocol):
    """What the Store needs of a unit of work: the names to wake after the commit."""

    @property
    def wakes(self) -> Collection[str]: ...


U = TypeVar("U", bound=Wakes)
Pause = Callable[[int], object]
"""Waits a little, with jitter, after failed try number n. Called in a writer thread; supplied by the runtime."""


def no_pause(_try: int) -> None:
    """Retry at once."""


@dataclass(slots=True, eq=False, kw_only=True)
class Job(Generic[U]):
    """One use case with its arguments. After the work either `error` is set, or `value` holds the result."""

    use_case: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: asyncio.Future[Any] | None = None
    value: Any = field(default=None, repr=False)
    error: BaseException | None = None
    wakes: Collection[str] = ()

    def perform(self, unit: U) -> None:
        """Run the use case from the start in `unit`. Raises what the use case raises."""
        self.error, self.wakes = None, ()
        self.value = self.use_case(unit, *self.args, **self.kwargs)
        self.wakes = unit.wakes

    def fail(self, error: BaseException) -> None:
        """Record that the use case did not happen."""
        self.value, self.wakes = None, ()
        self.error = as_told(error)

    def tell(self) -> None:
        """Give the result or the error to the waiting caller. Called in the event loop."""
        if self.future is None or self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)

    def answer(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


def code_of(error: BaseException) -> str:
    """Return the database's error code: SQLSTATE, or SQLite's name. The error text is never used, as it may quote
    values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    return code or type(cause).__name__


def as_told(error: BaseException) -> BaseException:
    """Convert an error for the caller of the Store: database errors become ours, without values; others stay
    unchanged."""
    match error:
        case StopIteration():
            # A future cannot carry it.
            return RuntimeError("use case raised StopIteration")
        case IntegrityError():
            return ConstraintError(_rule_of(error))
        case DataError():
            return ConstraintError(code_of(error))
        case ProgrammingError():
            return error
        case DBAPIError() | sqlite3.Error() | PendingRollbackError() | NoConnectionError():
            code = code_of(error)
            return LockedError(code) if code == LOCK_NOT_AVAILABLE else StoreDownError(code)
        case _:
            return error


def _rule_of(error: IntegrityError) -> str:
    """Return the name of the broken constraint. SQLite's text holds table, columns or constraint, and no values."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is None:
        return str(error.orig)
    return diagnosis.constraint_name or f"{diagnosis.table_name}.{diagnosis.column_name}"
