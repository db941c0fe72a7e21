"""The timeline's chain: each row carries a keyed MAC over itself and the row before. Knows no SQL.

The key lives outside the database, so whoever can write rows still cannot write history. A chain cut at its end
looks whole: the case's own count and head show that, and the anchors outside the database do.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from wakeup.storage.instants import as_text
from wakeup.storage.mac import mac_of

NO_ROW = ""
"""What stands before the first row."""
ADMIN = "admin"
"""Stands for the case in the chain of administration: no case has that id."""


class ChainRow(NamedTuple):
    """One timeline row as stored."""

    case_id: str
    n: int
    """1, 2, 3 … within the case."""
    at: datetime
    kind: str
    by: str
    data: str
    """JSON text, exactly as stored."""
    mac: str


class Head(NamedTuple):
    """How long a case's timeline is, and the MAC of its newest row."""

    n: int
    mac: str


class FaultKind(StrEnum):
    ALTERED = "altered"
    """The row is not what was written."""
    REMOVED = "removed"
    """Rows before this one are gone."""
    INSERTED = "inserted"
    """A row stands where another already was, or before it."""
    TRUNCATED = "truncated"
    """The end of the history is gone: rows deleted, or an older copy restored."""
    REWRITTEN = "rewritten"
    """Another history than the one anchored."""
    ANCHOR_ALTERED = "anchor_altered"
    ANCHOR_REMOVED = "anchor_removed"
    """Anchors are gone, or stand in another order."""
    ANCHOR_STALE = "anchor_stale"
    """The newest anchors are gone, or nobody wrote any."""
    ANCHOR_FROM_FUTURE = "anchor_from_future"
    """The first that is dated later than now: the clock was ahead, or somebody wants it quiet until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that should not be. Names ids and numbers only."""

    kind: FaultKind
    case_id: str | None = None
    n: int | None = None
    """Row of the case, or line of the anchors file."""


def mac(
    key: bytes,
    previous: str,
    case_id: str,
    n: int,
    at: datetime,
    kind: str,
    by: str,
    data_json: str,
) -> str:
    """HMAC-SHA256, in hex, over the row and the MAC before it ("" for the first). `at` is aware."""
    # Every part with its length: no two rows read the same.
    text = (
        f"timeline 1 {len(previous)}:{previous}{len(case_id)}:{case_id}{n}:{as_text(at)}"
        f"{len(kind)}:{kind}{len(by)}:{by}{data_json}"
    )
    return mac_of(key).digest(text.encode()).hex()


def verify_chain(rows: Iterable[ChainRow], key: bytes, heads: Mapping[str, Head] | None = None) -> list[Fault]:
    """Check every row, given by case and number. With `heads`, as the cases know them, also where each chain ends."""
    faults: list[Fault] = []
    ends: dict[str, Head] = {}
    before = Head(0, NO_ROW)
    case_id: str | None = None
    for row in rows:
        if row.case_id != case_id:
            case_id, before = row.case_id, ends.get(row.case_id, Head(0, NO_ROW))
        faults += _faults_of(row, before, key)
        before = ends[row.case_id] = Head(max(row.n, before.n), row.mac)
    if heads is not None:
        faults += _faults_of_ends(ends, heads)
    return faults


def _faults_of(row: ChainRow, before: Head, key: bytes) -> Iterable[Fault]:
    if row.n > before.n + 1:
        # What this row was chained to is gone, so nothing more can be said about it.
        yield Fault(kind=FaultKind.REMOVED, case_id=row.case_id, n=row.n)
    elif row.n <= before.n:
        yield Fault(kind=FaultKind.INSERTED, case_id=row.case_id, n=row.n)
    else:
        fields = (row.case_id, row.n, row.at, row.kind, row.by, row.data)
        if not hmac.compare_digest(mac(key, before.mac, *fields).encode(), row.mac.encode()):
            yield Fault(kind=FaultKind.ALTERED, case_id=row.case_id, n=row.n)


def _faults_of_ends(ends: Mapping[str, Head], heads: Mapping[str, Head]) -> Iterable[Fault]:
    for case_id, head in heads.items():
        end = ends.get(case_id, Head(0, NO_ROW))
        if end.n < head.n:
            yield Fault(kind=FaultKind.TRUNCATED, case_id=case_id, n=end.n)
        elif end != head:
            yield Fault(kind=FaultKind.REWRITTEN, case_id=case_id, n=end.n)
    for case_id in ends.keys() - heads.keys():
        # Rows of a case that does not exist: the case was deleted.
        yield Fault(kind=FaultKind.REMOVED, case_id=case_id)
