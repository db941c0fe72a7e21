"""Read the rows of a CSV or NDJSON file one after another, whatever its size."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from wakeup.bank.faults import Unprocessable
from wakeup.bank.strict_json import read_json
from wakeup.feed.errors import FeedError, RowFault

MAX_LINE = 1 << 20
NDJSON_SUFFIXES = frozenset({".ndjson", ".jsonl"})
TABLE_SUFFIXES = frozenset({".csv", ".tsv"})
_OPEN_QUOTE = (
    "a quote opened in line {first} was not closed there; if cells may hold line breaks, put multiline = true into the "
    "mapping"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row of the file. `cells` is None when the row cannot be read; `fault` then says why."""

    number: int
    """Number of the row, from 1; the header of a CSV is not counted."""
    line: int
    """Line of the file on which the row begins."""
    last_line: int
    position: int
    """Bytes of the file read so far."""
    digest: str = field(repr=False)
    """Digest of the row's content."""
    cells: dict[str, Any] | None = field(repr=False)
    fault: RowFault | None = None
    occurrence: int = 1
    """2 if a row before it in the file has the same content, and so on."""


class Lines:
    """The lines of a file as text.

    Bytes that are not UTF-8 become lone surrogates, so that only the row they are in is rejected.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self.number = self.position = 0

    def __iter__(self) -> Iterator[str]:
        while raw := self._file.readline(MAX_LINE + 1):
            self.number += 1
            self.position += len(raw)
            if len(raw) > MAX_LINE:
                raise FeedError(f"{self._name}: line {self.number} is longer than {MAX_LINE} bytes")
            if self.number == 1:
                raw = self._without_mark(raw)
            yield raw.decode("utf-8", "surrogateescape")

    def _without_mark(self, raw: bytes) -> bytes:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise FeedError(f"{self._name}: is UTF-16; save it as UTF-8")
        return raw.removeprefix(b"\xef\xbb\xbf")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row stands in the file: its number, its first line, and as the last line the one read last."""

    lines: Lines
    number: int
    first: int

    def record(self, digest: str, cells: dict[str, Any] | None, fault: RowFault | None = None) -> Record:
        return Record(
            number=self.number,
            line=self.first,
            last_line=self.lines.number,
            position=self.lines.position,
            digest=digest,
            cells=cells,
            fault=fault,
        )

    def unreadable(self, column: str, why: str, digest: str = "") -> Record:
        return self.record(digest, None, RowFault(self.first, self.lines.number, column, why))


def is_table(path: Path) -> bool:
    """True if the file name says CSV, False if NDJSON. Raises FeedError when it says neither."""
    suffix = path.suffix.lower()
    if suffix in TABLE_SUFFIXES or suffix in NDJSON_SUFFIXES:
        return suffix in TABLE_SUFFIXES
    raise FeedError(f"{path.name}: must end in .csv, .tsv, .ndjson or .jsonl")


def records_of(
    path: Path, *, columns: frozenset[str], delimiter: str = ",", multiline: bool = False
) -> Iterator[Record]:
    """Yield every row. Raises FeedError when the file cannot be read at all, is empty, or lacks one of `columns`.

    A CSV row of several lines is rejected unless `multiline`: more often than a line break in a cell it is a quote
    that was not closed, and has swallowed the rows behind it.
    """
    table = is_table(path)
    try:
        with path.open("rb") as file:
            lines = Lines(file, path.name)
            yield from _table(lines, path.name, columns, delimiter, multiline=multiline) if table else _objects(lines)
            if lines.number == 0:
                raise FeedError(f"{path.name}: is empty")
    except OSError as error:
        raise FeedError(f"{path.name}: cannot be read ({error.strerror})") from None


def _table(lines: Lines, name: str, columns: frozenset[str], delimiter: str, *, multiline: bool) -> Iterator[Record]:
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    header = _header(reader, name, columns)
    if lines.number > 1 and not multiline:
        raise FeedError(f"{name}: the header spans lines 1 to {lines.number}: {_OPEN_QUOTE.format(first=1)}")
    number = 0
    while True:
        place = _Place(lines, number + 1, lines.number + 1)
        try:
            row = next(reader, None)
        except csv.Error:
            number += 1
            yield place.unreadable("", _not_csv(place.first, lines.number))
            continue
        if row is None:
            return
        if row:
            number += 1
            yield _row(place, header, row, multiline=multiline)


def _not_csv(first: int, last: int) -> str:
    several = f"lines {first} to {last} cannot be read as CSV, and none of them was sent"
    return f"{'cannot be read as CSV' if first == last else several}: a quote is not closed, or a cell is too long"


def _header(reader: Iterator[list[str]], name: str, columns: frozenset[str]) -> list[str]:
    try:
        header = next(reader, [])
    except csv.Error:
        raise FeedError(f"{name}: line 1 cannot be read as a CSV header") from None
    repeated = sorted({column for column in header if header.count(column) > 1})
    if repeated:
        raise FeedError(f"{name}: line 1 names a column twice: {', '.join(map(_printable, repeated))}")
    missing = sorted(columns - set(header))
    if missing and header:
        raise FeedError(f"{name}: line 1 lacks columns the mapping reads: {', '.join(missing)}")
    return header


def _row(place: _Place, header: list[str], row: list[str], *, multiline: bool) -> Record:
    digest = _digest("\x1f".join(row))
    first, last = place.first, place.lines.number
    if first != last and not multiline:
        why = f"spans lines {first} to {last}, of which none was sent: {_OPEN_QUOTE.format(first=first)}"
        return place.unreadable("", why, digest)
    if len(row) != len(header):
        why = f"has {len(row)} cells where the header has {len(header)}"
        return place.unreadable("", why, digest)
    for column, cell in zip(header, row, strict=True):
        if not _is_text(cell):
            return place.unreadable(column, "is not UTF-8", digest)
    return place.record(digest, dict(zip(header, row, strict=True)))


def _objects(lines: Lines) -> Iterator[Record]:
    number = 0
    for line in lines:
        if not line.strip():
            continue
        number += 1
        place = _Place(lines, number, lines.number)
        digest = _digest(line.strip())
        try:
            content = read_json(line.strip().encode("utf-8", "surrogateescape"))
        except Unprocessable as refusal:
            yield place.unreadable("", refusal.faults[0].reason, digest)
            continue
        if isinstance(content, dict):
            yield place.record(digest, content)
        else:
            yield place.unreadable("", "must be a JSON object", digest)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _is_text(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printable(column: str) -> str:
    return column.encode("ascii", "backslashreplace").decode() if not _is_text(column) else column or "(no name)"
