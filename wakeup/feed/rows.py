"""Turn rows into risk events: fill each field by the mapping, then check the event as the service itself will."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Any, assert_never

from pydantic_core import PydanticCustomError

from wakeup.bank.faults import Unprocessable
from wakeup.bank.fields import read_instant
from wakeup.bank.parse import read_risk_event
from wakeup.feed import draws
from wakeup.feed.errors import FeedError, RowFault
from wakeup.feed.mapping import (
    FIRST,
    Amount,
    BirthYear,
    Column,
    Const,
    Key,
    Mapping,
    Offset,
    PhoneNumber,
    Source,
    Spread,
    Text,
    Window,
)
from wakeup.feed.records import Record, is_table, records_of

_STEP = re.compile(r"([a-z_]+)(?:\[([0-9])\])?")
_ANY_TIME = datetime(2099, 1, 1, tzinfo=UTC)
"""A time later than any event: whether `occurred_at` is in the future is checked by the service when the event is
sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the file: an event ready to be sent, or its faults."""

    record: Record = field(repr=False)
    event: dict[str, Any] | None = field(default=None, repr=False)
    occurred_at: datetime | None = None
    faults: tuple[RowFault, ...] = ()


class Filler:
    """Turns the records of one feed into events. The same file, start and seed give the same events."""

    def __init__(
        self, source: str, mapping: Mapping | None, *, start: datetime, seed: int, spread: bool = True
    ) -> None:
        self._source, self._mapping, self._start, self._seed, self._spread = source, mapping, start, seed, spread

    def row(self, record: Record) -> Row:
        if record.cells is None:
            faults = (record.fault,) if record.fault else ()
            return Row(record=record, faults=faults)
        if self._mapping is None:
            return self._checked(record, record.cells)
        lot = draws.Lot(self._seed, self._source, record.number, record.digest, record.occurrence)
        sheet = _Sheet(record, self._mapping, lot, self._start, spread=self._spread)
        event = sheet.fill()
        if sheet.faults:
            return Row(record=record, faults=tuple(sheet.faults))
        return self._checked(record, event)

    def _checked(self, record: Record, event: dict[str, Any]) -> Row:
        try:
            parsed = read_risk_event(event, now=_ANY_TIME)
        except Unprocessable as refusal:
            faults = tuple(self._fault(record, fault.field, fault.reason) for fault in refusal.faults)
            return Row(record=record, faults=faults)
        return Row(record=record, event=event, occurred_at=parsed.body.occurred_at)

    def _fault(self, record: Record, path: str, reason: str) -> RowFault:
        column = self._mapping.columns_behind(path) if self._mapping else path
        return RowFault(record.line, record.last_line, column, reason if column == path else f"{path} {reason}")

    def faults(self, row: Row, refused: Iterator[tuple[str, str]]) -> tuple[RowFault, ...]:
        """Return the service's faults of a row, pairs of field and reason, by column."""
        return tuple(self._fault(row.record, path, reason) for path, reason in refused)


def open_records(path: Path, mapping: Mapping | None) -> Iterator[Record]:
    """Return the file's records; without a mapping it must be NDJSON of risk events.

    Raises FeedError, at once or while reading.
    """
    if mapping is None:
        if is_table(path):
            raise FeedError(f"{path.name}: a CSV file needs a mapping (--mapping)")
        return records_of(path, columns=frozenset())
    return _counted(
        records_of(path, columns=mapping.columns(), delimiter=mapping.delimiter, multiline=mapping.multiline)
    )


def _counted(records: Iterator[Record]) -> Iterator[Record]:
    """Count equal rows. Rows that cannot be read do not count: they will be removed or corrected.

    A file may have millions of rows, so only 8 bytes of each digest are kept: about 100 bytes of memory a row. In one
    of four hundred thousand files of ten million rows two different rows have the same 8 bytes. The later one then
    counts as a second occurrence, in every run alike.
    """
    seen = Counter[int]()
    for record in records:
        if record.cells is None:
            yield record
            continue
        mark = int(record.digest[:16], 16)
        seen[mark] += 1
        yield replace(record, occurrence=seen[mark])


class _Sheet:
    """One record while its fields are filled in. A field without a value is left out of the event."""

    def __init__(self, record: Record, mapping: Mapping, lot: draws.Lot, start: datetime, *, spread: bool) -> None:
        self._record, self._mapping, self._lot, self._start, self._spread = record, mapping, lot, start, spread
        self._cells: dict[str, Any] = record.cells or {}
        self._filled: dict[str, Any] = {}
        self._occurred_at: datetime | None = None
        self.faults: list[RowFault] = []

    def fill(self) -> dict[str, Any]:
        fields = self._mapping.fields
        for name, source in self._mapping.values.items():
            self._filled[name] = self._value(name, source)
        event: dict[str, Any] = {}
        for path in (FIRST, *(path for path in fields if path != FIRST)):
            value = self._filled[path] = self._value(path, fields[path])
            if path == FIRST:
                self._occurred_at = self._instant(value)
            if value is not None:
                _put(event, path, value)
        return event

    def _value(self, name: str, source: Source) -> Any:
        match source:
            case Column():
                return self._from_column(name, source)
            case Const():
                return list(source.const) if isinstance(source.const, tuple) else source.const
            case Text():
                return self._text(name, source)
            case PhoneNumber():
                return self._phone(name, source)
            case BirthYear():
                return self._birth_year(source)
            case _:
                return self._drawn(name, source)

    def _drawn(self, name: str, source: Source) -> str | None:
        match source:
            case Key():
                return source.prefix + self._lot.key()
            case Amount():
                return draws.amount(source, self._lot, str(self._look_up(source.by)))
            case Spread():
                return _iso(draws.arrival(source, self._lot, self._start) if self._spread else self._start)
            case Window():
                return _iso(draws.deadline(source, self._lot, self._occurred_at)) if self._occurred_at else None
            case Offset():
                return _iso(self._occurred_at + timedelta(seconds=source.seconds)) if self._occurred_at else None
            case _:
                raise FeedError(f"{name}: no such source")

    def _text(self, name: str, source: Text) -> str | None:
        named = {reference: _plain(self._look_up(reference)) for reference in source.names()}
        if not all(named.values()):
            self._fail(name, "is empty")
            return None
        return Template(source.template).substitute(named, row=self._record.number)

    def _from_column(self, name: str, source: Column) -> Any:
        text = "/".join(_plain(self._look_up(column)) for column in source.names())
        found: Any = text or None
        if source.map is not None:
            found = source.map.get(text)
        if found is None:
            found = source.default
        if found is None and source.map is not None:
            self._fail(name, "has a value that is not in the mapping")
        if isinstance(found, tuple):
            return self._lot.dice(name).choice(found) if found else None
        return self._converted(name, source, found)

    def _converted(self, name: str, source: Column, found: Any) -> Any:
        if not isinstance(found, str):
            return found
        try:
            match source.kind:
                case "text":
                    return found
                case "integer":
                    return int(found[:20])
                case "number":
                    return float(found[:40])
                case "flag":
                    return {"true": True, "1": True, "false": False, "0": False}[found.lower()]
                case _:
                    assert_never(source.kind)
        except (ValueError, KeyError):
            self._fail(name, f"is not a valid {source.kind}")
            return None

    def _phone(self, name: str, source: PhoneNumber) -> str | None:
        suffix = _plain(self._look_up(source.suffix)) if source.suffix else None
        if suffix is not None and not (suffix.isascii() and suffix.isdigit() and len(suffix) == 2):
            if not self.faults:
                self._fail(name, "needs a suffix of two digits")
            return None
        number = draws.phone(source, self._lot, suffix)
        if number is None:
            self._fail(name, "finds no valid number with this suffix")
        return number

    def _birth_year(self, source: BirthYear) -> int | None:
        age = _plain(self._look_up(source.column))
        if not age:
            return None
        if not (age.isascii() and age.isdigit() and len(age) <= 3):
            self.faults.append(self._fault(source.column, "is not a valid age"))
            return None
        return self._start.year - int(age)

    def _instant(self, value: Any) -> datetime | None:
        try:
            return read_instant(value)
        except PydanticCustomError as error:
            self._fail(FIRST, error.message())
            return None

    def _look_up(self, name: str) -> Any:
        return self._filled[name] if name in self._filled else self._cells.get(name)

    def _fail(self, name: str, why: str) -> None:
        self.faults.append(self._fault(self._mapping.columns_behind(name), why))

    def _fault(self, column: str, why: str) -> RowFault:
        return RowFault(self._record.line, self._record.last_line, column, why)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _put(event: dict[str, Any], path: str, value: Any) -> None:
    """Set a path such as `guardians[0].phone` in nested objects and arrays."""
    here: Any = event
    steps = _STEP.findall(path)
    for depth, (name, index) in enumerate(steps):
        last = depth == len(steps) - 1
        if not index:
            if last:
                here[name] = value
            else:
                here = here.setdefault(name, {})
            continue
        items = here.setdefault(name, [])
        items.extend({} for _ in range(int(index) + 1 - len(items)))
        if last:
            items[int(index)] = value
        else:
            here = items[int(index)]
