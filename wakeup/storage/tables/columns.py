"""Building blocks of the tables' columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from wakeup.domain.attempt import LIVE
from wakeup.storage.types import Bytes, StrEnumText, UtcDateTime

NO_ROWID = {"sqlite_with_rowid": False}
"""On SQLite one tree instead of two: keys are text, and most rows are found by their key."""


class Row(SQLModel):
    """Base of every table. Rows are written column by column and never validated, so the validators are not built:
    building fifty would take a tenth of the time in which a process starts."""

    model_config = {"defer_build": True}


def column_is(column: str, values: Iterable[str]) -> str:
    """SQL: the column holds one of these words.

    Written with OR, because SQLite builds a temporary table for an IN of more than two words each time it
    evaluates one, and many conditions are evaluated for each row.
    """
    return "(" + " OR ".join(f"{column} = '{value}'" for value in sorted(values)) + ")"


def state_is(*states: str) -> str:
    """SQL: the row is in one of these states."""
    return column_is("state", states)


LIVE_ONLY = state_is(*LIVE)


def when() -> Any:
    return Field(sa_type=UtcDateTime)


def maybe_when() -> Any:
    return Field(default=None, sa_type=UtcDateTime, nullable=True)


def enum(kind: type[Any], *, nullable: bool = False) -> Any:
    return Field(sa_column=Column(StrEnumText(kind), nullable=nullable))


def sealed(*, nullable: bool = False) -> Any:
    """AES-256-GCM under the customer's key."""
    return Field(default=None, sa_type=Bytes, nullable=True) if nullable else Field(sa_type=Bytes)


def index_where(name: str, *columns: str, only: str, unique: bool = False) -> Index:
    """A partial index, on both databases.

    The condition is given here for SQLite only. Migrations create the indexes, and the keyword for PostgreSQL
    would load its dialect into every process.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(only))
