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


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row of the file. `cells` is None when the row cannot be read; `fault` then says why."""

    number: int
    """Number of the row, from 1; the header of a CSV is not counted."""
    line: int
    """Line of the file on which the row ends."""
    position: int
    """Bytes of the file read so far."""
    digest: str = field(repr=False)
    """Digest of the row's content."""
    cells: dict[str, Any] | None = field(repr=False)
    fault: RowFault | None = None


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


def is_table(path: Path) -> bool:
    """True if the file name says CSV, False if NDJSON. Raises FeedError when it says neither."""
    suffix = path.suffix.lower()
    if suffix in TABLE_SUFFIXES or suffix in NDJSON_SUFFIXES:
        return suffix in TABLE_SUFFIXES
    raise FeedError(f"{path.name}: must end in .csv, .tsv, .ndjson or .jsonl")


def records_of(path: Path, *, columns: frozenset[str], delimiter: str = ",") -> Iterator[Record]:
    """Yield every row. Raises FeedError when the file cannot be read at all, is empty, or lacks one of `columns`."""
    table = is_table(path)
    try:
        with path.open("rb") as file:
            lines = Lines(file, path.name)
            yield from _table(lines, path.name, columns, delimiter) if table else _objects(lines)
            if lines.number == 0:
                raise FeedError(f"{path.name}: is empty")
    except OSError as error:
        raise FeedError(f"{path.name}: cannot be read ({error.strerror})") from None


def _table(lines: Lines, name: str, columns: frozenset[str], delimiter: str) -> Iterator[Record]:
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    header = _header(reader, name, columns)
    number = 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            number += 1
            yield _unreadable(number, lines, "", "cannot be read as CSV: a quote is not closed, or a cell is too long")
            continue
        if row is None:
            return
        if row:
            number += 1
            yield _row(number, lines, header, row)


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


def _row(number: int, lines: Lines, header: list[str], row: list[str]) -> Record:
    digest = _digest("\x1f".join(row))
    if len(row) != len(header):
        why = f"has {len(row)} cells where the header has {len(header)}"
        return _unreadable(number, lines, "", why, digest)
    for column, cell in zip(header, row, strict=True):
        if not _is_text(cell):
            return _unreadable(number, lines, column, "is not UTF-8", digest)
    cells = dict(zip(header, row, strict=True))
    return Record(number=number, line=lines.number, position=lines.position, digest=digest, cells=cells)


def _objects(lines: Lines) -> Iterator[Record]:
    number = 0
    for line in lines:
        if not line.strip():
            continue
        number += 1
        digest = _digest(line.strip())
        try:
            content = read_json(line.strip().encode("utf-8", "surrogateescape"))
        except Unprocessable as refusal:
            yield _unreadable(number, lines, "", refusal.faults[0].reason, digest)
            continue
        if isinstance(content, dict):
            yield Record(number=number, line=lines.number, position=lines.position, digest=digest, cells=content)
        else:
            yield _unreadable(number, lines, "", "must be a JSON object", digest)


def _unreadable(number: int, lines: Lines, column: str, why: str, digest: str = "") -> Record:
    fault = RowFault(lines.number, column, why)
    return Record(number=number, line=lines.number, position=lines.position, digest=digest, cells=None, fault=fault)


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
